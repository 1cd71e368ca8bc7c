// The first week of a school year: a class of thirty signs on one tablet, and a slip goes home and comes back as a scan.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { go, PORTAL } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

/** Every September pupils sign anew, and staff choose a new password. */
const SEPTEMBER = "2027-09-07T09:00";
const NEW_PASSWORD = "nine amber lanterns 27";
/** All pages of thirty children together. */
const MOST_MS = 4 * 60_000;
/** Reading pages is slow where the reader is not built for speed. */
const READING_MS = 120_000;
/** Dots an inch a school's scanner makes. */
const DOTS = "150";

const changed = new Set();
let school;

before(async () => {
  school = await openSchool({ later: SEPTEMBER });
});

after(async () => {
  await school?.close();
});

const open = (options) => school.open(options);

/** Signs in at the desk; the first time in the half-term with a new password (ACC-11). */
async function signIn(page, username) {
  const { secret } = school.signIn(username);
  await page.goto(school.card.desk);
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(changed.has(username) ? NEW_PASSWORD : secret);
  await go(page).click();
  await expect(page, "main h1");
  if (!page.url().endsWith("/password")) return false;
  const [now, next, again] = await page.locator("main input[type=password]").all();
  await now.fill(secret);
  await next.fill(NEW_PASSWORD);
  await again?.fill(NEW_PASSWORD);
  await go(page).click();
  changed.add(username);
  await expect(page, "main h1");
  return true;
}

/** How long the page that is shown took, from asking for it until all of it was there. */
const took = (page) => page.evaluate(() => performance.getEntriesByType("navigation")[0].duration);

/** Presses Tab until the wanted one has the focus, then Enter. */
async function byKeyboard(page, wanted) {
  for (let pressed = 0; pressed < 120; pressed += 1) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((one) => one === document.activeElement)) {
      await page.keyboard.press("Enter");
      return;
    }
  }
  assert.fail("it is not reached with the keyboard");
}

test("a class of thirty signs on one tablet", { timeout: 600_000 }, async () => {
  const looker = new Looker("class-signs");
  const teacher = await open({});
  await signIn(teacher, "computing.lead");
  await teacher.goto(`${school.card.desk}/together`);
  await looker.look(teacher, "classes");
  await teacher.locator("a.tile", { hasText: "1A" }).first().click();
  await looker.look(teacher, "before");
  await go(teacher).click();
  await expect(teacher, ".reference");
  await looker.look(teacher, "code");
  const code = await teacher.locator("main .reference").innerText();

  const tablet = await open({ from: school.signIn("pupil.y1").device });
  await tablet.goto(`${PORTAL}/together`);
  await tablet.locator("#code").fill("4F7K-Q2AB-9XM1");
  await go(tablet).click();
  await expect(tablet, ".govuk-error-summary");
  await looker.look(tablet, "wrong-code");
  await tablet.locator("#code").fill(code.toLowerCase());
  await go(tablet).click();
  await expect(tablet, "a.face");
  await looker.look(tablet, "names");
  const class_ = await tablet.locator("a.face").count();
  assert.equal(class_, 30, "every child of the class is due in September");

  let waited = 0;
  const step = async (press) => {
    await press;
    await tablet.waitForLoadState("load");
    waited += await took(tablet);
  };
  for (let child = 0; child < class_; child += 1) {
    const press = (wanted) => (child === 1 ? byKeyboard(tablet, wanted) : wanted.click());
    const arrive = (address) => tablet.waitForURL(address, { waitUntil: "load" });
    await step(Promise.all([arrive(/\/together\/[^/?]+$/), press(tablet.locator("a.face").first())]));
    if (child === 0) {
      await looker.look(tablet, "rules");
      await tablet.getByRole("link", { name: "I keep on looking." }).click();
      await expect(tablet, "[role=status]");
      await looker.look(tablet, "not-quite");
    }
    await step(Promise.all([arrive(/answer=/), press(tablet.getByRole("link", { name: "I tell a grown-up." }))]));
    if (child === 0) await looker.look(tablet, "promise");
    const will = tablet.locator("main form button.tile");
    await step(Promise.all([arrive(/done=together-signed/), press(will)]));
    assert.equal(await tablet.locator("a.face").count(), class_ - child - 1);
    if (child === 11) await looker.look(tablet, "twelve-have-signed", { main: "main a.face" });
  }
  console.log(`thirty children, ${Math.round(waited / 100) / 10} s of pages`);
  assert.ok(waited < MOST_MS, `${Math.round(waited)} ms of pages`);
  assert.equal(await tablet.locator("progress").getAttribute("value"), "30");
  await looker.look(tablet, "all-have-signed", { main: "main form .govuk-button" });

  await tablet.goto("https://kidsnews.example/");
  await expect(tablet, "h1", "Sign in first");
  await teacher.reload();
  await expect(teacher, "main", "Everybody has signed");
  await looker.look(teacher, "after");
  await tablet.goto(`${PORTAL}/together`);
  await tablet.getByRole("button", { name: "We are done" }).click();
  await expect(tablet, "h1");
  assert.deepEqual(looker.problems, []);
});

test("a slip is printed, scanned and entered", { timeout: 600_000 }, async () => {
  const looker = new Looker("slips");
  const folder = mkdtempSync(join(tmpdir(), "usher-slips-"));
  try {
    const office = await open({});
    await signIn(office, "head");
    await office.goto(`${school.card.desk}/agreements/slips`);
    await looker.look(office, "classes", { main: "main .actions .govuk-button" });
    const row = office.locator("tr", { hasText: "4A" });
    const [file] = await Promise.all([office.waitForEvent("download"), row.getByRole("button").click()]);
    const pdf = join(folder, "slips.pdf");
    await file.saveAs(pdf);
    execFileSync("pdftoppm", ["-r", DOTS, "-gray", "-png", "-f", "1", "-l", "5", pdf, join(folder, "page")]);
    const pages = readdirSync(folder).filter((name) => name.endsWith(".png")).sort().map((name) => join(folder, name));
    assert.equal(pages.length, 5, "a cover of two pages for thirty names, and three slips");

    await office.goto(`${school.card.desk}/agreements/paper`);
    await looker.look(office, "paper");
    await office.locator("#files").setInputFiles(pages);
    await office.getByRole("button", { name: "Read the slips" }).click({ timeout: READING_MS });
    await expect(office, "h2", "3 slips found");
    await expect(office, "main", "No code was found");
    await looker.look(office, "what-was-read", { main: "main .card a" });
    const child = await office.locator(".card a").first().innerText();
    await office.locator(".card a").first().click();
    await expect(office, "h1", child);
    await expect(office, "img.scan");
    const drawn = await office.locator("img.scan").first().evaluate((picture) => picture.complete && picture.naturalWidth > 500);
    assert.ok(drawn, "the slip's picture stands beside the form");
    await looker.look(office, "slip");
    await office.getByLabel("The child signed").check();
    await go(office).click();
    await expect(office, ".notice--go", "The slip is entered");
    await office.locator("#files").setInputFiles(pages.slice(2, 3));
    await office.getByRole("button", { name: "Read the slips" }).click({ timeout: READING_MS });
    await expect(office, "main", "entered it on");
    await looker.look(office, "entered-already", { main: null });

    await office.goto(`${school.card.desk}/agreements/outstanding?section=class%3A4A`);
    assert.equal(await office.locator("th[scope=row]", { hasText: child }).count(), 0, "who is entered is no longer missing");
    await office.getByRole("button", { name: "Remind them" }).click();
    await expect(office, ".notice--go", "Reminded");
    await looker.look(office, "reminded", { main: null });
    for (const page of ["equipment/laptops", "equipment/sites"]) {
      await office.goto(`${school.card.desk}/${page}`);
      await looker.look(office, page.replace("/", "-"), { main: null });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  assert.deepEqual(looker.problems, []);
});
