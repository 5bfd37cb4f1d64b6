"use strict";

// Keys of the inbox (j k o x ?) and of the decision page (a r n p ?, Ctrl Enter); common opinions go into the opinion.
const rows = [...document.querySelectorAll("[data-row] a.paper-title")];
const help = document.getElementById("keys");
const opinion = document.getElementById("id_opinion");

function move(step) {
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next]?.focus();
}

function openRow() {
  const here = rows.indexOf(document.activeElement);
  rows[Math.max(here, 0)]?.click();
}

function tick() {
  const here = rows[Math.max(rows.indexOf(document.activeElement), 0)];
  here?.closest("[data-row]").querySelector("input[name=paper]")?.click();
}

function sendBack() {
  const panel = document.querySelector("[data-panel=return]");
  if (!panel) return;
  panel.open = true;
  opinion.focus();
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  o: openRow,
  x: tick,
  a: () => document.querySelector("[data-key=a], [data-verdict] input[value=agree]")?.focus(),
  r: sendBack,
  n: () => document.querySelector("[data-key=n]")?.click(),
  p: () => document.querySelector("[data-key=p]")?.click(),
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

// Ctrl Enter does the act that is opened, or else agrees, as if its button were pressed.
document.getElementById("decision")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("details[open] button:not([type=button])") ?? form.querySelector("[data-key=a]");
  if (button) form.requestSubmit(button);
});

for (const all of document.querySelectorAll("[data-tick-all]")) {
  all.addEventListener("change", () => {
    for (const one of all.form.querySelectorAll("input[name=paper]")) one.checked = all.checked;
  });
}

for (const chip of document.querySelectorAll("[data-opinion]")) {
  chip.addEventListener("click", () => {
    opinion.value = chip.dataset.opinion;
    opinion.focus();
  });
}
