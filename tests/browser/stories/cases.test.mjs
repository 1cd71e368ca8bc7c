// Cases: a teacher logs an incident from a block in four interactions, the head narrows the web until Friday, which ends
// by itself, the safeguarding lead hides a case from the computing lead.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { beginAsPupil, go, openDesk, openLesson, signInAtPortal } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

for (const script of [true, false]) {
  test(`from a block to an outcome, JavaScript ${script ? "on" : "off"}`, { timeout: 420_000 }, async () => {
    const looker = new Looker(script ? "cases" : "cases-no-script");
    const look = (page, name, more = {}) => looker.look(page, name, { script, ...more });
    const school = await openSchool();
    const { desk } = school.card;
    const atDesk = (username) => openDesk(school, username, { script });
    try {
      const otis = school.signIn("pupil.y4");
      const child = await school.open({ from: otis.device, script });
      await beginAsPupil(child, otis);

      const teacher = await atDesk("teacher.y4");
      await openLesson(teacher);
      await child.goto("https://games.example/");
      await expect(child, "h1", "This page is not for school");

      // One: "Log an incident" beside the block. Two: what it was. Three: what happened. Four: the button.
      await teacher.reload();
      await expect(teacher, "#board", "games.example");
      const log = teacher.locator(".need", { hasText: "games.example" }).getByRole("link", { name: /Log an incident/ });
      await log.click();
      await expect(teacher, "h1", "Log an incident");
      assert.match(await teacher.locator("#address").inputValue(), /games\.example/);
      assert.notEqual(await teacher.locator("#computer").inputValue(), "");
      assert.notEqual(await teacher.locator("#person").inputValue(), "");
      await look(teacher, "form");
      await teacher.locator("#breach").selectOption("off-task");
      await teacher.locator("#details").fill("Played a game in maths for the third time.");
      await teacher.getByRole("button", { name: "Log it", exact: true }).click();
      await expect(teacher, "main", "It is logged");
      await expect(teacher, "main", "Look after the child first");
      await look(teacher, "case", { main: "main a.govuk-button" });
      const address = new URL(teacher.url()).pathname;

      const head = await atDesk("head");
      await look(head, "today");
      await head.goto(`${desk}/cases`);
      await look(head, "list", { main: "main a.govuk-button" });
      await head.goto(`${desk}${address}`);
      await head.getByRole("link", { name: "Look after the child first" }).first().click();
      await head.locator("#text").fill("We talked about when games are fine.");
      await look(head, "support");
      await go(head).click();
      await expect(head, "main", "Added to the case");

      const lead = await atDesk("dsl");
      const computing = await atDesk("computing.lead");
      await computing.goto(`${desk}${address}`);
      await expect(computing, "main", "Played a game in maths");
      await lead.goto(`${desk}${address}/do/class`);
      await lead.getByLabel(/Child protection/).check();
      await lead.locator("#text").fill("There is more behind it.");
      await look(lead, "hide");
      await go(lead).click();
      await expect(lead, "main", "Added to the case");
      await look(lead, "hidden", { main: "main a.govuk-button" });
      await computing.reload();
      assert.ok(!(await computing.locator("body").innerText()).includes("Played a game"), "the lead lost sight of it");

      await head.goto(`${desk}${address}/do/narrow`);
      await head.locator("input[name=choice][value=no-web]").check();
      await head.locator("#days").fill("4");
      await head.locator("#text").fill("So that maths is for maths");
      await look(head, "narrow");
      await go(head).click();
      // Four days are more than one person decides for something so light.
      await expect(head, "main", "a second person has to confirm it");
      await lead.goto(`${desk}${address}`);
      await lead.getByRole("link", { name: "Confirm the narrower web" }).first().click();
      await look(lead, "second-person");
      await go(lead).click();
      await expect(lead, "main", "It opens again by itself on Friday 27 November 2026");
      await look(lead, "narrowed", { main: "main a.govuk-button" });
      await child.goto("https://encyclopaedia.example/");
      await expect(child, "h1", "The internet is closed for you for now");
      await expect(child, "main", "It opens again from Friday");
      await look(child, "closed", { main: null });

      await head.goto(`${desk}/register`);
      await look(head, "register", { main: null });
      await head.goto(`${desk}${address}/evidence`);
      await look(head, "evidence");
      // Lifted early once, and once left to end by itself: it is Monday then.
      if (script) {
        await school.goOn("2026-11-30T10:00");
        const monday = await school.open({ from: otis.device });
        await signInAtPortal(monday, /I type my name/, otis);
        await go(monday).click();
        await openLesson(await openDesk(school, "teacher.y4"));
        await monday.goto("https://encyclopaedia.example/");
        await expect(monday, "h1", "Encyclopaedia");
        const after = await openDesk(school, "head");
        await after.goto(`${school.card.desk}${address}`);
        assert.equal(await after.getByRole("link", { name: "Lift it early" }).count(), 0, "there is nothing left to lift");
      } else {
        await head.goto(`${desk}${address}`);
        await head.getByRole("link", { name: "Lift it early" }).click();
        await head.locator("#text").fill("She put it right");
        await go(head).click();
        await expect(head, "main", "The narrower web ended early");
        await child.goto("https://encyclopaedia.example/");
        await expect(child, "h1", "Encyclopaedia");
      }
      assert.deepEqual(looker.problems, []);
    } finally {
      await school.close();
    }
  });
}
