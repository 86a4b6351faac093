// Pages of leads and companies: Escape leaves a form in its place, a menu of acts closes when one looks elsewhere.

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
