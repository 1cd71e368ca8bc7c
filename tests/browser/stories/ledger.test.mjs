// The ledger of clauses at the desk: every sentence, the three lists, one sentence with its history, as head and as chair.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { signInAtDesk } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

for (const script of [true, false]) {
  test(`the ledger, JavaScript ${script ? "on" : "off"}`, { timeout: 300_000 }, async () => {
    const looker = new Looker(script ? "ledger" : "ledger-no-script");
    const look = (page, name, more = {}) => looker.look(page, name, { script, main: null, ...more });
    const school = await openSchool();
    const { desk } = school.card;
    const page = await school.open({ script });
    try {
      await signInAtDesk(page, desk, school.signIn("head"));
      await page.goto(`${desk}/ledger`);
      await expect(page, "main", "Every promise in force");
      assert.ok((await page.locator("main section.card").count()) > 40, "every sentence of five agreements");
      await look(page, "all");
      for (const [list, words] of [
        ["unkept", "Promises nothing keeps"],
        ["no-longer", "True when signed, not any more"],
        ["untold", "Controls nobody was told of"],
      ]) {
        await page.getByRole("link", { name: words }).click();
        await expect(page, "main h2", words);
        await look(page, list);
      }
      await page.goto(`${desk}/ledger`);
      await page.getByRole("link", { name: "an adult has opened the web for their class" }).first().click();
      await expect(page, "main", "Who signed it");
      await look(page, "one");
      await page.goto(`${desk}/ledger/paste`);
      await page.locator("#pasted-title").fill("Our own agreement");
      await page.locator("#pasted-version").fill("2027");
      await page.locator("#pasted").fill("1. Staff keep their passwords secret.\n2. The tuck shop opens at noon.");
      await page.getByRole("button", { name: "Cut it into sentences" }).click();
      await expect(page, "main", "2 sentences");
      await page.locator("[name^='keep-'][name$='-duty.keep-secret']").check();
      await look(page, "paste");
      assert.deepEqual(looker.problems, []);
    } finally {
      await school.close();
    }
  });
}
