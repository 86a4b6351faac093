// Forms: a summary of errors takes the focus, Ctrl+Enter saves, and a field marked data-time-zone knows where we are.

function attend(root) {
  root.querySelector?.("[data-takes-focus]")?.focus();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of root.querySelectorAll?.("[data-time-zone]") ?? []) {
    const isKnown = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === zone);
    if (zone && isKnown && (!field.value || field.value === "UTC")) field.value = zone;
  }
}

attend(document);
document.addEventListener("htmx:afterSettle", (event) => attend(event.target));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

// On the phone the current tab may lie outside the strip.
for (const strip of document.querySelectorAll(".tabs")) {
  const current = strip.querySelector("[aria-current]");
  if (current) strip.scrollLeft = current.offsetLeft - 16;
}
