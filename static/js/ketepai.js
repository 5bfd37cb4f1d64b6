"use strict";

// Marks that scripts run, and takes the eye to what went wrong.
document.documentElement.classList.remove("no-js");
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
