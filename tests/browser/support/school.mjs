// An invented school of its own for each story: starts `usher demo` in a folder that goes away, and reads its card.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { openBrowser } from "./browser.mjs";

/** Making a thousand people and compiling their lists takes seconds; a minute is for a busy machine. */
const START_MS = 90_000;
/** A server that was asked to stop finishes what it holds. */
const STOP_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/**
 * Starts the school. With `later`, a time like `2027-09-07T09:00`, it is made first and opened again then. Gives its card;
 * `open()` a page in a browser of its own; `goOn(time)`, which opens the same school again then, and leaves no page open; and
 * `close()`, which closes those browsers too.
 */
export async function openSchool({ later = null } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "usher-browser-"));
  if (later) {
    const first = await startSchool(folder, []);
    await first.stop();
  }
  const school = await startSchool(folder, later ? ["--from", later] : []);
  const opened = [];
  const leave = async () => {
    for (const browser of opened.splice(0)) await browser.close();
    await school.stop();
  };
  const open = async (options) => {
    const browser = await openBrowser(school, options);
    opened.push(browser);
    return browser.page;
  };
  const goOn = async (time) => {
    await leave();
    Object.assign(school, await startSchool(folder, ["--from", time]));
  };
  const close = async () => {
    await leave();
    rmSync(folder, { recursive: true, force: true });
  };
  return Object.assign(school, { open, goOn, close });
}

async function startSchool(folder, more) {
  const binary = process.env.USHER;
  if (!binary) throw new Error("USHER names no usher binary; start these tests with tests/browser/run");
  const file = join(folder, "card.json");
  const anywhere = "127.0.0.1:0";
  const places = ["--gateway", anywhere, "--portal", anywhere, "--desk", anywhere, ...more];
  const server = spawn(binary, ["demo", "--data", join(folder, "school"), "--card", file, ...places]);
  const said = [];
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => said.push(data.toString()));
  const stopNow = () => server.kill("SIGKILL");
  process.once("exit", stopNow);
  const ended = new Promise((done) => server.once("exit", done));

  const until = Date.now() + START_MS;
  while (!existsSync(file)) {
    if (server.exitCode !== null || Date.now() > until) {
      stopNow();
      throw new Error(`the demonstration did not start:\n${said.join("")}`);
    }
    await rest(LOOK_AGAIN_MS);
  }
  const card = JSON.parse(readFileSync(file, "utf8"));
  const stop = async () => {
    server.kill("SIGINT");
    await Promise.race([ended, rest(STOP_MS, undefined, { ref: false })]);
    stopNow();
    process.off("exit", stopNow);
    rmSync(file, { force: true });
  };
  const signIn = (username) => {
    const found = card.sign_ins.find((one) => one.username === username);
    if (!found) throw new Error(`the card has no sign-in ${username}`);
    return found;
  };
  return { card, signIn, stop, said: () => said.join("") };
}
