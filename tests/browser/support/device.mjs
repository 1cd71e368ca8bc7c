// A device of the invented school. The gateway tells devices by the address they come from, so each has a relay that
// listens for one browser and reaches the gateway from an address of its own.
import net from "node:net";

/** Listens on a free port; gives the address a browser uses as its proxy, and `close()`. */
export async function openDevice(gateway, address) {
  const { hostname, port } = new URL(gateway);
  const open = new Set();
  const keep = (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const relay = net.createServer((near) => {
    const far = net.connect({ host: hostname, port: Number(port), localAddress: address });
    keep(near);
    keep(far);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise((listening, failed) => {
    relay.once("error", failed);
    relay.listen(0, "127.0.0.1", listening);
  });
  return {
    proxy: `http://127.0.0.1:${relay.address().port}`,
    close: () => new Promise((done) => {
      for (const socket of open) socket.destroy();
      relay.close(done);
    }),
  };
}
