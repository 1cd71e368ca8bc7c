// Leave: a child asks for a page that takes two people, the computing lead proposes, the head confirms, the page opens;
// and a teacher asks for a program, which the technician decides on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { beginAsPupil, go, openDesk, openLesson } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

const RISKY = "https://gambling.example/";

for (const script of [true, false]) {
  test(`asking and giving leave, JavaScript ${script ? "on" : "off"}`, { timeout: 420_000 }, async () => {
    const looker = new Looker(script ? "permissions" : "permissions-no-script");
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

      await child.goto(RISKY);
      await child.locator("form[action*='/ask'] button").first().click();
      await expect(child, "main");

      const lead = await atDesk("computing.lead");
      await lead.goto(`${desk}/requests`);
      await look(lead, "requests");
      await lead.locator(".need", { hasText: "gambling.example" }).getByRole("link", { name: /Answer/ }).click();
      await expect(lead, "main", "It breaks a promise of the school");
      await look(lead, "risky");
      await lead.locator("#reason").fill("Year 4 looks at how adverts work");
      await lead.locator("button[name=answer][value=yes]").click();
      await expect(lead, "main", "second person");
      await look(lead, "proposed");
      await child.goto(RISKY);
      await expect(child, "h1", "This page is not for school");

      const head = await atDesk("head");
      await head.goto(`${desk}/requests`);
      await head.locator(".need", { hasText: "gambling.example" }).getByRole("link", { name: /Answer/ }).click();
      await expect(head, "main", "Year 4 looks at how adverts work");
      await look(head, "second");
      await head.locator("button[name=answer][value=confirm]").click();
      await expect(head, "main h1");
      await child.goto(RISKY);
      assert.ok(!(await child.locator("body").innerText()).includes("not for school"), "it opens");

      await teacher.goto(`${desk}/permissions/new`);
      await look(teacher, "choose", { main: "main a" });
      await teacher.getByRole("link", { name: "Install software or hardware" }).click();
      await go(teacher).click();
      await expect(teacher, ".govuk-error-summary");
      await look(teacher, "missing");
      await teacher.locator("#what").fill("Scratch");
      await teacher.locator("#machine").fill("PC-14");
      await teacher.locator("#licence").fill("Free, MIT");
      await teacher.locator("#reason").fill("Coding club on Tuesdays");
      await go(teacher).click();
      await expect(teacher, "main", "You will get an answer in words");
      await look(teacher, "asked");

      const technician = await atDesk("technician");
      await technician.goto(`${desk}/permissions`);
      await look(technician, "list", { main: "main a.govuk-button" });
      await technician.locator(".need", { hasText: "Scratch" }).getByRole("link", { name: /Decide/ }).click();
      await look(technician, "decide");
      await technician.locator("#words").fill("It is on PC-14 from Monday.");
      await technician.locator("button[name=answer][value=yes]").click();
      await expect(technician, "main", "They are told");
      await look(technician, "given", { main: "main a" });
      await teacher.goto(`${desk}/`);
      await expect(teacher, "main", "It is on PC-14 from Monday.");

      await teacher.goto(`${desk}/permissions/new/project`);
      await look(teacher, "project");
      await teacher.goto(`${desk}/lessons`);
      await teacher.locator("main a[href^='/lessons/']").first().click();
      await teacher.getByRole("link", { name: "Give quick permission" }).click();
      await look(teacher, "quick");
      assert.deepEqual(looker.problems, []);
    } finally {
      await school.close();
    }
  });
}
