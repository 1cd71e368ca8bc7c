// A person at a browser. Each has a profile of their own that goes away, as a cleared school device has.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { openDevice } from "./device.mjs";

/** Nothing in these stories takes a second; a machine that compiles beside them may take many. */
const PATIENCE_MS = 30_000;

/**
 * Opens a browser. `from` is the address of the device on the school's network; without it the browser does not go
 * through the gateway. `script: false` switches JavaScript off. `trust: "store"` believes only what `home` holds.
 */
export async function openBrowser(school, { from = null, script = true, trust = "key", home = null } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "usher-browser-profile-"));
  const device = from && (await openDevice(school.card.gateway, from));
  const args = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--force-prefers-reduced-motion",
    "--lang=en-GB",
    "--no-first-run",
  ];
  // Root may not use Chromium's sandbox; a container for tests usually has nobody else.
  if (process.getuid() === 0) args.push("--no-sandbox");
  if (trust === "key") args.push(`--ignore-certificate-errors-spki-list=${school.card.key}`);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args,
    env: { ...process.env, ...(home ? { HOME: home } : {}) },
    javaScriptEnabled: script,
    locale: "en-GB",
    proxy: device ? { server: device.proxy } : undefined,
    timezoneId: "Europe/London",
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    await device?.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, context, close };
}
