// Builds dist/: one style sheet, fonts, scripts and pictures, all from npm packages and the files beside this one.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
// Built beside, then swapped in: whoever compiles meanwhile finds the old one whole.
const dist = join(modules, ".dist-next");
rmSync(dist, { recursive: true, force: true });
for (const folder of ["fonts", "pictures", "icons", "scripts", "typeset"]) mkdirSync(join(dist, folder), { recursive: true });

// Styles: GOV.UK Frontend's accessible components under our own look.
for (const sheet of ["app", "refusal"]) {
  const { css } = sass.compile(join(here, "styles", `${sheet}.scss`), {
    style: "compressed",
    loadPaths: [join(here, "styles"), modules],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  writeFileSync(join(dist, `${sheet}.css`), css);
}

// Fonts: the latin and latin-ext subsets that English and the names of English classrooms need.
const fonts = [
  ["atkinson-hyperlegible-next", [400, 600, 700]],
  ["andika", [400, 700]],
];
for (const [font, weights] of fonts)
  for (const weight of weights)
    for (const subset of ["latin", "latin-ext"]) {
      const file = `${font}-${subset}-${weight}-normal.woff2`;
      cpSync(join(modules, "@fontsource", font, "files", file), join(dist, "fonts", file));
    }

// The same face for print: Typst reads TrueType.
for (const [folder, name] of [["400Regular", "Regular"], ["600SemiBold", "SemiBold"], ["700Bold", "Bold"], ["400Regular_Italic", "Italic"]]) {
  const from = join(modules, "@expo-google-fonts", "atkinson-hyperlegible-next", folder);
  const file = `AtkinsonHyperlegibleNext_${folder}.ttf`;
  cpSync(join(from, file), join(dist, "typeset", `AtkinsonHyperlegibleNext-${name}.ttf`));
}

// Scripts: htmx with its server-sent events, GOV.UK Frontend's behaviours, and our own.
cpSync(join(modules, "htmx.org", "dist", "htmx.min.js"), join(dist, "scripts", "htmx.js"));
cpSync(join(modules, "htmx.org", "dist", "ext", "hx-sse.min.js"), join(dist, "scripts", "htmx-sse.js"));
cpSync(join(modules, "govuk-frontend", "dist", "govuk", "govuk-frontend.min.js"), join(dist, "scripts", "govuk.js"));
cpSync(join(here, "scripts"), join(dist, "scripts"), { recursive: true });

// Pictures (OpenMoji, CC BY-SA 4.0) and icons (Lucide, ISC) by the names pages use.
const named = JSON.parse(readFileSync(join(here, "pictures.json"), "utf8"));
for (const [name, code] of Object.entries(named.pictures)) {
  const file = join(modules, "openmoji", "color", "svg", `${code}.svg`);
  if (!existsSync(file)) throw new Error(`picture ${name}: OpenMoji has no ${code}.svg`);
  cpSync(file, join(dist, "pictures", `${name}.svg`));
}
for (const name of named.icons) {
  cpSync(join(modules, "lucide-static", "icons", `${name}.svg`), join(dist, "icons", `${name}.svg`));
}

const old = join(modules, ".dist-old");
rmSync(old, { recursive: true, force: true });
if (existsSync(join(here, "dist"))) renameSync(join(here, "dist"), old);
renameSync(dist, join(here, "dist"));
rmSync(old, { recursive: true, force: true });
console.log("front end built");
