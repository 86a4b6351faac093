// Imports: a file can be dropped onto the frame around its field.

for (const zone of document.querySelectorAll("[data-dropzone]")) {
  const field = zone.querySelector("input[type=file]");
  const mark = (isOver) => zone.classList.toggle("is-over", isOver);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  zone.addEventListener("dragleave", () => mark(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
  });
}
