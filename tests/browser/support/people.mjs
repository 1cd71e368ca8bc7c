// What people do at Usher's own pages, in their words: the same whether JavaScript is on or off.
import { expect } from "./expect.mjs";

export const PORTAL = "https://usher.internal";

/** The page's own main button. */
export const go = (page) => page.locator("main form .govuk-button:not(.govuk-button--secondary):not([type=button])").first();

/** Signs in at the portal with user name and password, after whatever sort of person they say they are. */
export async function signInAtPortal(page, sort, { username, secret }) {
  await page.goto(`${PORTAL}/`);
  await page.getByRole("link", { name: sort }).click();
  await page.getByLabel(/user name/i).fill(username);
  await page.getByLabel("password", { exact: false }).and(page.locator("input")).fill(secret);
  const clause = page.locator("#clause");
  if (await clause.count()) await clause.check();
}

/** Signs in as the pupil of Year 4 and signs the agreement. */
export async function beginAsPupil(page, otis) {
  await signInAtPortal(page, /I type my name/, otis);
  await go(page).click();
  await signAsPupil(page);
}

/** Answers the agreement's question, and signs. */
export async function signAsPupil(page) {
  await page.getByLabel("I turn the screen off and tell an adult.").check();
  await page.locator("#name").fill("Otis");
  await go(page).click();
  await expect(page, ".notice--go");
}

/** Opens the lesson of Class 4A from the first page. */
export async function openLesson(page) {
  await page.getByRole("button", { name: /Open for 4A/ }).or(page.locator(".need--go form .govuk-button")).first().click();
  await expect(page, "#board");
}

/** A page of somebody who is signed in at the desk. */
export async function openDesk(school, username, options) {
  const page = await school.open(options);
  await signInAtDesk(page, school.card.desk, school.signIn(username));
  return page;
}

/** Signs in at the desk. */
export async function signInAtDesk(page, desk, { username, secret }) {
  await page.goto(desk);
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(secret);
  await go(page).click();
  await expect(page, "main h1");
}
