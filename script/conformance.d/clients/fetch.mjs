// Fetches one page through a proxy with undici: node fetch.mjs PROXY URL FILE. Prints the status.
import { writeFileSync } from "node:fs";
import { ProxyAgent, fetch } from "undici";

const [proxy, url, file] = process.argv.slice(2);
const dispatcher = new ProxyAgent(proxy);
const answer = await fetch(url, { dispatcher, signal: AbortSignal.timeout(60_000) });
writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
console.log(answer.status);
await dispatcher.close();
