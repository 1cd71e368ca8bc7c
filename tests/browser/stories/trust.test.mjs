// A browser that trusts the school's certificate, and nothing else, opens inspected sites without a word; one that does not
// trust it is told so by the browser itself.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { expect } from "../support/expect.mjs";
import { go, PORTAL, signInAtPortal } from "../support/people.mjs";
import { openSchool } from "../support/school.mjs";

const certutil = (...values) => spawnSync("certutil", values, { encoding: "utf8" });
const skip = certutil("-H").error ? "certutil is not installed" : false;

test("the school's certificate in the browser's store", { skip, timeout: 120_000 }, async () => {
  const school = await openSchool();
  const home = mkdtempSync(join(tmpdir(), "usher-browser-home-"));
  try {
    const store = join(home, ".pki", "nssdb");
    mkdirSync(store, { recursive: true });
    for (const step of [
      ["-N", "-d", `sql:${store}`, "--empty-password"],
      ["-A", "-d", `sql:${store}`, "-t", "C,,", "-n", "school", "-i", school.card.certificate],
    ]) {
      const done = certutil(...step);
      assert.equal(done.status, 0, done.stderr);
    }
    const head = school.signIn("head");
    const trusting = await school.open({ from: head.device, trust: "store", home });
    await signInAtPortal(trusting, /I work here/, head);
    await go(trusting).click();
    await expect(trusting, ".state--go");
    const answer = await trusting.goto("https://encyclopaedia.example/");
    assert.equal(answer.status(), 200);
    const { issuer } = await answer.securityDetails();
    const portal = await trusting.goto(PORTAL);
    assert.equal((await portal.securityDetails()).issuer, issuer, "site and portal are vouched for by the same authority");

    const wary = await school.open({ from: "127.2.1.79", trust: "store", home: join(home, "empty") });
    await assert.rejects(wary.goto("https://encyclopaedia.example/"), /ERR_CERT_AUTHORITY_INVALID/);
  } finally {
    await school.close();
    rmSync(home, { recursive: true, force: true });
  }
});
