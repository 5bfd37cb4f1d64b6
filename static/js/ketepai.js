"use strict";

// Marks that scripts run, and takes the eye to what went wrong.
document.documentElement.classList.remove("no-js");
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// Where the menu is wider than the screen, it shows the entry to which the page belongs.
document.querySelector(".site-menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

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
