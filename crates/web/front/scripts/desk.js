// What the desk does better with JavaScript: it warns before a sign-in ends, prints, and counts minutes down. Every page
// works without it.
(() => {
  "use strict";
  /** A sign-in is warned of this long before it ends. */
  const WARN_MS = 2 * 60 * 1000;

  const box = document.getElementById("signing-off");
  if (box) {
    let ends = Number(box.dataset.ends);
    setInterval(() => { box.hidden = ends - Date.now() > WARN_MS; }, 5000);
    box.querySelector("[data-stretch]").addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(event.target));
      body.set("quiet", "yes");
      try {
        const answer = await fetch("/stretch", { method: "POST", body, headers: { accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const now = await answer.json();
        ends = now.ends_ms;
        box.querySelector("p").lastChild.textContent = ` ${now.words}`;
        box.hidden = true;
      } catch {
        // Signed out already, or no network: the page it leads to says so.
        event.target.submit();
      }
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // What is being written is shown as it will look, a moment after the last key.
  for (const form of document.querySelectorAll("form[data-preview]")) {
    const shown = document.getElementById(form.dataset.shows);
    const WAIT_MS = 600;
    let waiting;
    let asked = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const mine = ++asked;
        try {
          const body = new URLSearchParams(new FormData(form));
          const answer = await fetch(form.dataset.preview, { method: "POST", body });
          const html = await answer.text();
          if (answer.ok && !answer.redirected && mine === asked) shown.innerHTML = html;
        } catch {
          // No network: the button shows it when there is one again.
        }
      }, WAIT_MS);
    });
  }

  for (const line of document.querySelectorAll("[data-until]")) {
    const until = Number(line.dataset.until);
    const tick = () => {
      const minutes = Math.max(0, Math.ceil((until - Date.now()) / 60000));
      line.textContent = `${line.dataset.words} ${minutes}`;
    };
    setInterval(tick, 15000);
  }
})();
