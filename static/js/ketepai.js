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

// What was typed before signing in again goes back into the form that was sent.
const lost = document.querySelector("[data-lost]");
const leadsTo = (address) => new URL(address || location.href, location.href).pathname === lost.dataset.lost;

function putBack(form, { name, text }) {
  for (const entry of form.elements) {
    if (entry.name !== name) continue;
    if (["checkbox", "radio"].includes(entry.type)) entry.checked ||= entry.value === text;
    else if (!["hidden", "submit", "file"].includes(entry.type)) entry.value = text;
  }
}

if (lost) {
  const buttons = [...document.querySelectorAll("main button:not([type=button])")];
  const sent = buttons.find((button) => leadsTo(button.getAttribute("formaction") || button.form?.getAttribute("action")));
  for (const entry of lost.querySelectorAll("[data-name]")) if (sent) putBack(sent.form, entry.dataset);
  const panel = sent?.closest("details");
  if (panel) panel.open = true;
}
