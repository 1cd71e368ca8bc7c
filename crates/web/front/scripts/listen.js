// Reads a page aloud where the browser can. A button with data-listen shows itself, reads its text, and stops when it is
// pressed again. Also stands inside pages that may ask for nothing, so it needs no other file.
(() => {
  "use strict";
  const speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) return;

  let reading = null;
  const rest = () => {
    if (reading) reading.setAttribute("aria-pressed", "false");
    reading = null;
  };
  const voice = (language) => {
    const voices = speech.getVoices();
    const main = language.split("-")[0];
    return voices.find((one) => one.lang === language) || voices.find((one) => one.lang.startsWith(main)) || null;
  };
  const press = (button) => {
    const again = reading === button;
    speech.cancel();
    rest();
    if (again) return;
    const words = new SpeechSynthesisUtterance(button.dataset.listen);
    words.lang = button.dataset.lang || "en-GB";
    words.rate = 0.9;
    const found = voice(words.lang);
    if (found) words.voice = found;
    words.onend = rest;
    words.onerror = rest;
    reading = button;
    button.setAttribute("aria-pressed", "true");
    speech.speak(words);
  };
  for (const button of document.querySelectorAll("[data-listen]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => press(button));
  }
  // A voice must not go on reading a page that is gone.
  window.addEventListener("pagehide", () => speech.cancel());
})();
