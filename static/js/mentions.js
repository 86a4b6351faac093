// Naming somebody: in a field marked data-mentions="address", an @ and some letters offer colleagues. Arrows choose, Enter
// or Tab takes, Escape leaves. What is taken is the name as text; the server knows who is meant.

const BEGUN = /(?:^|[^\w@.])@([^\s@{}][^@{}\n]{0,40})$/u;
const PATIENCE_MS = 150;

let field = null;
let list = null;
let timer = 0;
let asked = 0;

const begun = (element) => BEGUN.exec(element.value.slice(0, element.selectionStart))?.[1] ?? null;
const options = () => [...(list?.querySelectorAll("[role=option]") ?? [])];

function close() {
  asked += 1;
  clearTimeout(timer);
  list?.remove();
  list = null;
  for (const name of ["aria-activedescendant", "aria-controls"]) field?.removeAttribute(name);
}

function choose(at) {
  const all = options();
  all.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
  if (all[at]) field.setAttribute("aria-activedescendant", all[at].id);
}

function take(option) {
  const text = begun(field);
  if (text === null) return close();
  const end = field.selectionStart;
  field.setRangeText(`${option.dataset.written} `, end - text.length, end, "end");
  close();
  field.focus();
}

// Beside the field in the document, so that a dialog holds both, and under it on the screen.
function place() {
  list = document.createElement("ul");
  list.className = "mention-list";
  list.id = "mention-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "@");
  field.after(list);
  list.style.top = `${field.offsetTop + field.offsetHeight + 4}px`;
  list.style.insetInlineStart = `${field.offsetLeft}px`;
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
}

async function offer(element) {
  const text = begun(element);
  if (text === null) return close();
  const turn = (asked += 1);
  const address = `${element.dataset.mentions}?q=${encodeURIComponent(text)}`;
  let found = "";
  try {
    const answer = await fetch(address);
    if (answer.ok) found = await answer.text();
  } catch {
    // Offline one writes on: a whole name works without the list.
  }
  if (turn !== asked || document.activeElement !== element) return;
  if (!found.includes("role=\"option\"")) return close();
  field = element;
  if (!list) place();
  list.innerHTML = found;
  choose(0);
}

document.addEventListener("input", (event) => {
  const element = event.target.closest?.("[data-mentions]");
  if (!element) return;
  clearTimeout(timer);
  if (begun(element) === null) return close();
  timer = setTimeout(() => offer(element), PATIENCE_MS);
});

// Before the keys of forms and dialogs: while colleagues are offered, Escape and Enter are about them.
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field || event.ctrlKey || event.metaKey) return;
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose((at + 1) % all.length);
  else if (event.key === "ArrowUp") choose((at - 1 + all.length) % all.length);
  else if ((event.key === "Enter" || event.key === "Tab") && all[at]) take(all[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// Pressing, not clicking: a click would take the focus from the field first.
document.addEventListener("pointerdown", (event) => {
  if (!list) return;
  const option = event.target.closest?.(".mention-list [role=option]");
  if (option) {
    event.preventDefault();
    take(option);
  } else if (event.target !== field) close();
});

document.addEventListener("focusout", (event) => event.target === field && setTimeout(() => document.activeElement !== field && close()));
