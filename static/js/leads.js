// Pages of leads and companies: Escape leaves a form in its place, a menu of acts closes when one looks elsewhere, and a
// path wider than the screen shows where the lead stands.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const form = event.target.closest?.(".fact-form");
  if (form) {
    form.querySelector("[data-cancel]")?.click();
    return;
  }
  const menu = document.querySelector(".moremenu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".moremenu[open]")) {
    if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
  }
});

function showWhereItStands(part) {
  const now = part.querySelector?.(".path [aria-current]");
  if (!now) return;
  const path = now.parentElement;
  const [seen, box] = [now.getBoundingClientRect(), path.getBoundingClientRect()];
  path.scrollLeft += seen.left - box.left - (path.clientWidth - seen.width) / 2;
}

showWhereItStands(document);
document.addEventListener("htmx:load", (event) => showWhereItStands(event.target));
