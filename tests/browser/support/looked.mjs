// Says how many pages axe looked at, and how many violations it found.
import { readFileSync } from "node:fs";

const looks = readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const found = looks.reduce((sum, look) => sum + look.violations, 0);
console.log(`axe, WCAG 2.2 A and AA: ${looks.length} looks (pages × widths × colours), ${found} violations`);
