"use strict";

// Marks that scripts run, and takes the eye to what went wrong.
document.documentElement.classList.remove("no-js");
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// A group of the menu closes when one goes on elsewhere, or presses Escape.
const groups = document.querySelectorAll(".menu-group");
for (const event of ["click", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    for (const group of groups) if (!group.contains(target)) group.open = false;
  });
}
document.addEventListener("keydown", ({ key }) => {
  const open = key === "Escape" && document.querySelector(".menu-group[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
