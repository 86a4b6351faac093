// The status line: what it says goes away after ten seconds, unless somebody is about to undo it; and what the server
// could not answer is said there, in words that the page brings along.

const SECONDS = 10;

function letGo(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = "yes";
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, SECONDS * 1000);
}

function say(words) {
  const line = document.getElementById("notice");
  if (!line || !words) return;
  const toast = document.createElement("div");
  toast.className = "undo";
  toast.textContent = words;
  line.replaceChildren(toast);
}

const watch = () => document.querySelectorAll("#notice > .undo").forEach(letGo);
const line = document.getElementById("notice");
if (line) new MutationObserver(watch).observe(line, { childList: true });
watch();

// What the page asks for by itself, such as the badges, fails in silence.
const isAsked = (event) => !event.detail.elt.closest("[data-quiet]");
document.addEventListener("htmx:sendError", (event) => isAsked(event) && say(line?.dataset.offline));
document.addEventListener("htmx:responseError", (event) => isAsked(event) && say(line?.dataset.failed));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  document.querySelector("#notice > .undo")?.remove();
});
