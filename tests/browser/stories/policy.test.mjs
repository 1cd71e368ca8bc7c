// The school's policy at the desk: read, a change with a fault, a change that breaks a promise, one that two people make.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { openDesk } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

for (const script of [true, false]) {
  test(`the policy, JavaScript ${script ? "on" : "off"}`, { timeout: 300_000 }, async () => {
    const looker = new Looker(script ? "policy" : "policy-no-script");
    const look = (page, name, more = {}) => looker.look(page, name, { script, ...more });
    const school = await openSchool();
    const { desk } = school.card;
    const open = (username) => openDesk(school, username, { script });
    try {
      const head = await open("head");
      await head.goto(`${desk}/policy`);
      await expect(head, "main", "What each group may see");
      await look(head, "in-force", { main: "main a.govuk-button" });

      await head.getByRole("link", { name: "Propose a change" }).first().click();
      await expect(head, "#policy");
      await look(head, "propose");
      const before = await head.locator("#policy").inputValue();
      const change = async (from, to) => {
        assert.ok(before.includes(from), from);
        await head.locator("#policy").fill(before.replace(from, to));
        await head.getByRole("button", { name: "See what it changes" }).click();
      };
      await change('name = "gambling"\nverdict', 'name = "gambling"\nverdikt');
      await expect(head, ".need--stop", "verdikt");
      await look(head, "fault");
      await change('name = "gambling"\nverdict = "block"', 'name = "gambling"\nverdict = "allow"');
      await expect(head, ".notice--stop", "No pupil can reach gambling");
      await look(head, "breaks-a-promise");
      await change("upper-ks2 = 80", "upper-ks2 = 70");
      await expect(head, "main", "It takes two people");
      await look(head, "takes-two");
      await head.locator("#reason").fill("Too much got through in Year 6");
      await head.getByRole("button", { name: "Ask for a second person" }).click();
      await expect(head, "main", "It waits for a second person");
      await look(head, "waits");

      const lead = await open("computing.lead");
      await look(lead, "today");
      await lead.getByRole("link", { name: "Look at the change" }).click();
      await expect(lead, "main", "Too much got through in Year 6");
      await look(lead, "second-person");
      await lead.getByRole("button", { name: "Confirm and publish" }).click();
      await expect(lead, "main", "Confirmed and published");
      await look(lead, "confirmed", { main: "main a.govuk-button" });
      assert.deepEqual(looker.problems, []);
    } finally {
      await school.close();
    }
  });
}
