// Looks at a page as each reader must be able to: with axe at two widths, without sideways scrolling, with big enough
// targets, and with its main button in reach of the keyboard. Keeps a picture of each width.
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = fileURLToPath(new URL("../screenshots/", import.meta.url));
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const WIDE = { width: 1280, height: 900 };
/** The narrowest width WCAG 1.4.10 asks for; also a small telephone. */
const NARROW = { width: 320, height: 640 };
/** Targets in CSS pixels: the youngest need a whole finger's room. */
const TARGET = { ks1: 96, ks2: 44, adult: 44 };
/** A register of a thousand people is not a picture anybody looks at to its end. */
const TALLEST = 6_000;
/** More presses of Tab than any page of ours may need before its main button. */
const TABS = 60;

/** What is looked at in one story. `problems` is empty when all is well. */
export class Looker {
  problems = [];
  #story;
  #number = 0;
  #said = 0;

  constructor(story) {
    this.#story = story;
    mkdirSync(PICTURES, { recursive: true });
  }

  /** `main` is what the page is there for; by default its first main button. `script: false`: only what CSS can show. */
  async look(page, name, { main = "main .govuk-button:not(.govuk-button--secondary), main .tile, main .face", script = true } = {}) {
    this.#number += 1;
    const label = `${this.#story}-${String(this.#number).padStart(2, "0")}-${name}`;
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      const at = `${label} at ${size.width} px`;
      await this.#fits(page, at, size.width);
      if (script) await this.#passes(page, at);
      await this.#big(page, at);
      await this.#written(page, at);
      if (size === WIDE && main) await this.#reached(page, at, main);
      await this.#picture(page, `${label}-${size.width}`);
    }
    await page.setViewportSize(WIDE);
    if (script) await this.#dark(page, label);
    // Said at once too: a story that stops half-way would keep them to itself.
    for (; this.#said < this.problems.length; this.#said += 1) console.log(this.problems[this.#said]);
  }

  async #picture(page, name) {
    const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: document.scrollingElement.scrollHeight }));
    const clip = { x: 0, y: 0, width, height: Math.min(height, TALLEST) };
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true, clip });
  }

  async #fits(page, at, width) {
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
    if (wide > width) this.problems.push(`${at}: ${wide} px wide, so it scrolls sideways`);
  }

  async #passes(page, at) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: "tag", values } }), TAGS);
    note({ at, violations: violations.length });
    for (const { id, help, nodes } of violations)
      for (const node of nodes) this.problems.push(`${at}: ${id}: ${help}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`);
  }

  /** The same page for whoever's screen is dark: axe's contrast. */
  async #dark(page, label) {
    await page.emulateMedia({ colorScheme: "dark" });
    await this.#passes(page, `${label} in the dark`);
    await this.#picture(page, `${label}-dark`);
    await page.emulateMedia({ colorScheme: "light" });
  }

  async #big(page, at) {
    const small = await page.evaluate((least) => {
      const reader = ["ks1", "ks2", "adult"].find((one) => document.documentElement.classList.contains(`reader-${one}`));
      const pressed = document.querySelectorAll(
        "main button, main .govuk-button, main a.button, main .tile, main .face, main .govuk-input, .tell .govuk-button",
      );
      return [...pressed]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .map((one) => ({ words: (one.innerText || one.ariaLabel || one.id).trim(), height: one.getBoundingClientRect().height }))
        .filter(({ height }) => height + 0.5 < least[reader])
        .map(({ words, height }) => `"${words}" is ${Math.round(height)} px high, less than ${least[reader]}`);
    }, TARGET);
    for (const one of small) this.problems.push(`${at}: ${one}`);
  }

  /** Children read Andika, adults Atkinson Hyperlegible. Pages that stand in for others ask for no font. */
  async #written(page, at) {
    const wrong = await page.evaluate(async () => {
      if (!document.querySelector("link[rel=stylesheet]")) return [];
      const own = document.documentElement.classList.contains("reader-adult") ? "Atkinson" : "Andika";
      const family = (one) => getComputedStyle(one).fontFamily.replaceAll('"', "");
      return [...document.querySelectorAll("h1, main p, main a, main label, main button, .govuk-button")]
        .filter((one) => !family(one).startsWith(own) && !one.matches(".reference, .reference *"))
        .map((one) => `"${one.innerText.slice(0, 40)}" is set in ${family(one)}`);
    });
    for (const one of wrong) this.problems.push(`${at}: ${one}`);
  }

  async #reached(page, at, main) {
    const wanted = page.locator(main).first();
    if ((await wanted.count()) === 0) return;
    await page.evaluate(() => document.activeElement?.blur());
    for (let pressed = 0; pressed < TABS; pressed += 1) {
      await page.keyboard.press("Tab");
      const ring = await wanted.evaluate((one) => {
        if (document.activeElement !== one) return null;
        const style = getComputedStyle(one);
        return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2 ? "seen" : "unseen";
      });
      if (ring === "unseen") this.problems.push(`${at}: the main button does not show that it has the focus`);
      if (ring) {
        await page.evaluate(() => document.activeElement?.blur());
        await page.evaluate(() => window.scrollTo(0, 0));
        return;
      }
    }
    this.problems.push(`${at}: the main button is not reached within ${TABS} presses of Tab`);
  }
}

/** Counts what was checked, for whoever started the tests. */
function note(line) {
  if (process.env.USHER_LOOKED) appendFileSync(process.env.USHER_LOOKED, `${JSON.stringify(line)}\n`);
}
