// The keyboard: a control with data-key="n" is pressed (or, for a field, entered) by that key; j and k walk rows marked
// data-row. Nothing happens while somebody types, under a dialog, or when single keys are switched off.

const SWITCH = "smarketing.single-keys";
const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

const areOn = () => localStorage.getItem(SWITCH) !== "off";
const isSeen = (element) => element.getClientRects().length > 0;

function press(key) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const control = [...scope.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)]
    .find((element) => isSeen(element) || "keyAlways" in element.dataset);
  if (!control) return false;
  if (control.matches(TYPING)) {
    control.focus();
    control.select?.();
  } else {
    control.click();
  }
  return true;
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(isSeen);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.classList.contains("cursor"));
  const row = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  for (const other of rows) other.classList.toggle("cursor", other === row);
  // The focus goes along, so that Enter opens the row and a screen reader reads it.
  row.querySelector("a[href]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (press("ctrl+k")) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key !== "j" && event.key !== "k") return;
  if (event.target.closest(TYPING) || !areOn()) return;
  const key = event.key.toLowerCase();
  const isList = !document.querySelector("dialog[open]");
  const done = (isList && key === "j" && walk(1)) || (isList && key === "k" && walk(-1)) || press(key);
  if (done) event.preventDefault();
});

// The dialog of all keys: those of the page are read off its controls, and single keys can be switched off.
document.addEventListener("htmx:afterSwap", (event) => {
  const here = event.target.querySelector?.("[data-keys-here]");
  if (!here) return;
  const known = new Set(["c", "/", "f", "?", "ctrl+k"]);
  const main = document.querySelector("main");
  for (const control of main?.querySelectorAll("[data-key]") ?? []) {
    if (known.has(control.dataset.key) || !isSeen(control)) continue;
    known.add(control.dataset.key);
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    key.textContent = control.dataset.key.toUpperCase();
    term.append(key);
    const words = document.createElement("dd");
    words.textContent = control.getAttribute("aria-label") ?? control.innerText.replace(/\s+\S$/u, "");
    here.querySelector("dl").append(term, words);
    here.hidden = false;
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-single-keys]")) localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});
document.addEventListener("htmx:afterSwap", (event) => {
  for (const box of event.target.querySelectorAll?.("[data-single-keys]") ?? []) box.checked = areOn();
});
