// An answer that comes when whatever asked for it has left the page is let go: the numbers of the list that was there before
// a filter went, say. htmx would look for their places within the part that is gone, and complain that it finds none.

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (elt.getAttribute("hx-swap") !== "none") return;
  // On the element itself, since nothing bubbles up from what is gone.
  elt.addEventListener("htmx:beforeOnLoad", (event) => elt.isConnected || event.preventDefault(), { once: true });
});
