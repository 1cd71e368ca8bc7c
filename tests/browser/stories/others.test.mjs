// Everybody else: a child of five, a visitor, a parent, and staff whose page is blocked. One school for all of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { go, PORTAL, signInAtDesk, signInAtPortal } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

let school;

before(async () => {
  school = await openSchool();
});

after(async () => {
  await school?.close();
});

const open = (options) => school.open(options);

test("Year 1, by pictures", { timeout: 300_000 }, async () => {
  const looker = new Looker("year-one");
  const look = (...what) => looker.look(...what);
  const emeka = school.signIn("pupil.y1");
  const child = await open({ from: emeka.device });

  await child.goto(PORTAL);
  await child.getByRole("link", { name: /I tap my class/ }).click();
  await expect(child, ".face--class", emeka.class);
  await look(child, "classes");
  await child.locator(".face--class", { hasText: emeka.class }).click();
  await expect(child, ".face", "Emeka");
  await look(child, "faces");
  await child.locator(".face", { hasText: /Emeka/ }).first().click();
  await expect(child, ".faces--pictures");
  const tap = async (names) => {
    for (const name of names) await child.getByRole("button", { name, exact: true }).click();
  };
  await look(child, "pictures");
  await tap(["Sun", "Sun"].map((name) => new RegExp(`^${name}$`, "i")));
  await look(child, "pictures-two-tapped");
  await tap([/^sun$/i]);
  await expect(child, "[role=alert]", "Try again");
  await look(child, "pictures-wrong");
  await tap([/^cat$/i, /^sun$/i, /^key$/i]);
  await expect(child, "h1", "Will you?");
  await look(child, "clause");
  await child.getByRole("button", { name: "Yes, I will" }).click();
  await expect(child, "h1", "Hello Emeka");
  await look(child, "home-no-lesson");

  await child.goto(`${PORTAL}/agreement`);
  await expect(child, "h1");
  await look(child, "card-1");
  for (let card = 0; card < 30 && (await child.locator(".tile").count()) === 0; card += 1) {
    await child.getByRole("link", { name: "Next" }).click();
    if (card === 2) await look(child, "card-4");
  }
  await look(child, "card-question");
  await child.getByRole("link", { name: "I keep on looking." }).click();
  await look(child, "card-question-not-quite");
  await child.getByRole("link", { name: "I tell a grown-up." }).click();
  await look(child, "card-question-right");
  await child.getByRole("link", { name: "Next" }).click();
  await look(child, "card-last");

  await child.goto("https://kidsnews.example/");
  await look(child, "page-before-lesson");
  const lead = await open({});
  await signInAtDesk(lead, school.card.desk, school.signIn("computing.lead"));
  await lead.goto(`${school.card.desk}/lessons?q=1A`);
  await look(lead, "find-class");
  await lead.locator("a.tile", { hasText: "1A" }).first().click();
  await look(lead, "start-lesson");
  await go(lead).click();
  await expect(lead, "#board");
  await look(lead, "lesson");
  await child.goto(PORTAL);
  await expect(child, "h2", "Tap a page");
  await look(child, "home-lesson");
  const page = child.locator("a.tile").first();
  const host = new URL(await page.getAttribute("href")).host;
  await page.click();
  await child.waitForURL((url) => url.host === host);
  await expect(child, "h1");
  await child.goto("https://video.example/");
  await expect(child, "h1", "This is not for this lesson.");
  await look(child, "blocked", { main: "main .button" });
  await child.getByRole("button", { name: "Please open this" }).click();
  await expect(child, "h1");
  await look(child, "asked");
  await child.goto(`${PORTAL}/tell`);
  await look(child, "tell");
  await child.locator(".tile").first().click();
  await expect(child, "h1", "Well done");
  await look(child, "tell-thanks");
  await child.goto(`${PORTAL}/notice`);
  await look(child, "notice");
  await child.goto(`${PORTAL}/rules/sanctions`);
  await look(child, "sanctions");
  await look(lead, "lesson-after");
  assert.deepEqual(looker.problems, []);
});

test("a visitor", { timeout: 300_000 }, async () => {
  const looker = new Looker("visitor");
  const look = (...what) => looker.look(...what);
  const visitor = await open({ from: "127.2.1.77" });
  await visitor.goto("https://weather.example/");
  await expect(visitor, "h1", "Sign in first");
  await visitor.getByRole("link", { name: "Sign in" }).click();
  await look(visitor, "who");
  await visitor.getByRole("link", { name: /I am visiting today/ }).click();
  await go(visitor).click();
  await expect(visitor, ".govuk-error-summary");
  await look(visitor, "visitor-nothing-typed");
  await visitor.locator("#name").fill("Wren Calder");
  await visitor.getByLabel("A visitor").check();
  await visitor.locator("#visiting").fill("Mrs Price");
  await look(visitor, "visitor");
  await go(visitor).click();
  await expect(visitor, "#sign");
  await look(visitor, "agreement", { main: ".sign .govuk-button" });
  const answer = visitor.locator(".sign input[type=radio]");
  for (let tried = 0; tried < Math.max(1, await answer.count()); tried += 1) {
    if (await answer.count()) await answer.nth(tried).check();
    await visitor.locator("#name").fill("Wren Calder");
    await go(visitor).click();
    await visitor.waitForLoadState();
    if ((await visitor.locator(".govuk-error-summary").count()) === 0) break;
  }
  await expect(visitor, ".notice--go, h1");
  await look(visitor, "signed");
  await visitor.goto("https://weather.example/");
  await expect(visitor, "main", "The weather this week");
  await visitor.goto("https://gambling.example/");
  await expect(visitor, "h1", "This page is blocked");
  await look(visitor, "blocked", { main: "main button.button" });
  await visitor.goto(`${PORTAL}/certificate`);
  await look(visitor, "certificate");
  await visitor.goto(`${PORTAL}/notice`);
  await look(visitor, "notice", { main: null });
  assert.deepEqual(looker.problems, []);
});

test("a parent", { timeout: 300_000 }, async () => {
  const looker = new Looker("parent");
  const look = (...what) => looker.look(...what);
  const parent = await open({ from: "127.2.1.78" });
  await signInAtPortal(parent, /parent|mum, dad/, school.signIn("parent"));
  await look(parent, "sign-in", { main: "main form .govuk-button:not([type=button])" });
  await go(parent).click();
  await expect(parent, "h1");
  await look(parent, "signed-in");
  await parent.goto(`${PORTAL}/parents`);
  await look(parent, "children", { main: ".links a" });
  await parent.getByRole("link", { name: /Otis signs/ }).click();
  await look(parent, "what-otis-signs", { main: null });
  await parent.goBack();
  await parent.getByRole("link", { name: /What is filtered for Otis/ }).click();
  await look(parent, "filtered", { main: null });
  for (const page of ["home-guide", "agreement", "agreement/mine", "password", "tell"]) {
    await parent.goto(`${PORTAL}/${page}`);
    await look(parent, page.replace("/", "-"), { main: null });
  }
  assert.deepEqual(looker.problems, []);
});

test("staff: by accident, and please open this", { timeout: 300_000 }, async () => {
  const looker = new Looker("staff");
  const look = (...what) => looker.look(...what);
  const isobel = school.signIn("teacher.y4");
  const teacher = await open({ from: isobel.device });
  await signInAtPortal(teacher, /I work here/, isobel);
  await go(teacher).click();
  await expect(teacher, "h1");
  await look(teacher, "home");
  await teacher.goto("https://gambling.example/");
  await expect(teacher, "h1", "This page is blocked");
  await look(teacher, "blocked", { main: "main button.button" });
  await teacher.getByRole("button", { name: "I came here by accident" }).click();
  await expect(teacher, "h1", "Thank you for saying so");
  await look(teacher, "by-accident");

  await teacher.goto("https://gambling.example/");
  await teacher.locator("#reason").fill("Probability in Year 6: why the house wins");
  await teacher.getByRole("button", { name: "Ask for it to be opened" }).click();
  await expect(teacher, "h1", "You have asked for this page");
  await look(teacher, "asked");

  const lead = await open({});
  const { desk } = school.card;
  await signInAtDesk(lead, desk, school.signIn("computing.lead"));
  await look(lead, "lead-today");
  await lead.goto(`${desk}/requests`);
  await expect(lead, "main", "gambling.example");
  await look(lead, "requests");
  await lead.locator(".need", { hasText: "gambling.example" }).locator("a").first().click();
  await look(lead, "request");
  await lead.getByRole("button", { name: /Open|yes/i }).first().click();
  await expect(lead, "main", "A second person with another role has to say yes");
  await look(lead, "request-waits");

  // It is about something grave, so it takes two people of two offices.
  const head = await open({});
  await signInAtDesk(head, desk, school.signIn("head"));
  await head.goto(`${desk}/requests`);
  await head.locator(".need", { hasText: "gambling.example" }).locator("a").first().click();
  await head.getByRole("button", { name: "Say yes as the second person" }).click();
  await expect(head, ".notice--go, [role=status]");
  await look(head, "request-answered");
  await lead.goto(`${desk}/grants`);
  await look(lead, "grants");
  await teacher.goto("https://gambling.example/");
  await expect(teacher, "body", "Betting fixture");
  assert.deepEqual(looker.problems, []);
});
