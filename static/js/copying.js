// A button with data-copies="id" copies the words of that element; without scripts there is no button, and the words are read.

for (const button of document.querySelectorAll("[data-copies]")) {
  const words = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(words);
    try {
      await navigator.clipboard.writeText(words.textContent);
      button.querySelector("span").textContent = button.dataset.copied;
    } catch {
      words.focus(); // an address without https has no clipboard: the words are selected, and Ctrl+C copies them
    }
  });
}
