// Small helpers for the demonstration's sites. Every page works without them.
(() => {
  const ask = document.querySelector("form[data-stream]");
  const answer = document.querySelector(".answer");
  if (ask && answer) {
    ask.addEventListener("submit", (event) => {
      event.preventDefault();
      answer.textContent = "";
      const words = new FormData(ask).get("ask");
      const source = new EventSource("/stream?ask=" + encodeURIComponent(words));
      source.onmessage = (message) => { answer.textContent += message.data + " "; };
      source.addEventListener("end", () => source.close());
      source.onerror = () => source.close();
    });
  }
  const socket = document.querySelector("[data-socket]");
  if (socket) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const line = new WebSocket(scheme + "//" + location.host + "/socket");
    line.onopen = () => line.send("Hello from this page");
    line.onmessage = (message) => { socket.textContent = "The socket said back: " + message.data; };
    line.onerror = () => { socket.textContent = "The socket could not be opened."; };
  }
})();
