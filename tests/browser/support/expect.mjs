// Waits for the thing itself, with a deadline, and says what was there instead.
import assert from "node:assert/strict";

/** Waits until `what` (a selector) holding `words` is seen. Gives the milliseconds it took. */
export async function expect(page, what, words = "", { within = 30_000 } = {}) {
  const began = performance.now();
  const found = words ? page.locator(what).filter({ hasText: words }).first() : page.locator(what).first();
  try {
    await found.waitFor({ state: "visible", timeout: within });
  } catch {
    const there = await page.locator("body").innerText().catch(() => "(no page)");
    assert.fail(`no ${what} with "${words}" within ${within} ms at ${page.url()}; there is:\n${there.slice(0, 2000)}`);
  }
  return performance.now() - began;
}
