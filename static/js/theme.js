// Runs before the first paint: shows the theme that the person chose, or the device's own for "auto".
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");

  function show() {
    const chosen = root.dataset.theme;
    root.dataset.bsTheme = chosen === "light" || chosen === "dark" ? chosen : device.matches ? "dark" : "light";
  }

  show();
  device.addEventListener("change", show);
  // The server answers a choice with this event, so the page changes in place.
  document.addEventListener("theme", (event) => {
    root.dataset.theme = event.detail.value;
    show();
    for (const button of document.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === event.detail.value));
    }
  });
})();
