// Starts the behaviours of GOV.UK Frontend's components. Every page works without them.
import { initAll } from "./govuk.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
initAll();
