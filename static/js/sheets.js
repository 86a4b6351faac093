// Dialogs: a link with data-opens="find" opens the dialog of that id instead of its page; what htmx loads into a sheet
// opens that sheet; the event "sheet:close" from the server closes it.

document.addEventListener("click", (event) => {
  event.target.closest("[data-closes-sheet]")?.closest("dialog")?.close();
  const opener = event.target.closest("[data-opens]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog) return;
    event.preventDefault();
    document.querySelector("[popover]:popover-open")?.hidePopover();
    if (!dialog.open) dialog.showModal();
    dialog.dispatchEvent(new Event("sheet:opened", { bubbles: true }));
    return;
  }
  // A click beside a dialog closes it: the dialog itself is hit only where its backdrop is.
  if (event.target instanceof HTMLDialogElement && event.target.classList.contains("sheet")) event.target.close();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.closest?.("dialog.sheet");
  if (dialog && !dialog.open && event.target.id === "sheet-content") dialog.showModal();
});

document.addEventListener("sheet:close", () => {
  for (const dialog of document.querySelectorAll("dialog.sheet[open]")) dialog.close();
});

// "Find anything": the arrows walk what was found, Enter in the field opens the first of it.
document.addEventListener("keydown", (event) => {
  const sheet = event.target.closest?.(".sheet-find");
  if (!sheet || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const field = sheet.querySelector("input");
  const links = [...sheet.querySelectorAll(".found a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Enter") {
    if (event.target !== field || !links.length) return;
    event.preventDefault();
    links[0].click();
    return;
  }
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  (links[Math.min(next, links.length - 1)] ?? field).focus();
});
