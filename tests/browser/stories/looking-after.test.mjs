// What leaders look after besides a day's work: reviews of web use, examinations, breaches, what is kept, how good alerts are,
// services people sign in to, who shuts illegal pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expect } from "../support/expect.mjs";
import { Looker } from "../support/look.mjs";
import { openDesk } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

test("a head looks after what is watched and kept", { timeout: 300_000 }, async () => {
  const looker = new Looker("looking-after");
  const school = await openSchool();
  const { desk } = school.card;
  try {
    const head = await openDesk(school, "head", {});
    const pages = ["records-kept", "records-kept/change", "breaches", "alerts/accuracy", "services", "examinations", "lists/memberships", "reports", "agreements/sent", "health", "monitoring", "monitoring/watch", "monitoring/off-site", "monitoring/terms", "erasures"];
    for (const page of pages) {
      assert.equal((await head.goto(`${desk}/${page}`)).status(), 200, page);
      await looker.look(head, page.replaceAll("/", "-"), { main: null });
    }

    await head.goto(`${desk}/activity-reviews`);
    await head.getByRole("button", { name: "Begin a review" }).click();
    await expect(head, "main", "Drawn by chance");
    await looker.look(head, "review", { main: "main form.narrow button" });
    await head.locator("#comments").fill("Nothing worries us this half term.");
    await head.getByRole("button", { name: "Sign this review" }).click();
    await expect(head, "main", "Nothing worries us this half term.");
    await looker.look(head, "reviews", { main: null });

    // A child in care: who decided and why is written down once, and ends with one press.
    await head.goto(`${desk}/people?q=otis`);
    const child = await head.locator('main a[href^="/people/"]', { hasText: "Otis" }).first().getAttribute("href");
    await head.goto(`${desk}${child.replace("/people/", "/erasures/new/")}`);
    await looker.look(head, "erasure-new", { main: "main form.narrow button" });
    await head.goto(`${desk}${child}/parents-place`);
    await looker.look(head, "parents-place-empty", { main: "main form.narrow button" });
    await head.locator('input[name="decider"][value="authority"]').check();
    await head.locator("#decided-by").fill("Ros Amory");
    await head.locator("#place-reason").fill("In the care of the county");
    await head.locator("main form.narrow button").click();
    await expect(head, ".notice--go");
    await head.goto(`${desk}${child}/parents-place`);
    await expect(head, "main", "Ros Amory");
    await looker.look(head, "parents-place", { main: null });
    await head.locator('main form[action$="/end"] button').click();
    await expect(head, ".notice--go");
    assert.deepEqual(looker.problems, []);
  } finally {
    await school.close();
  }
});
