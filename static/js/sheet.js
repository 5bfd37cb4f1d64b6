"use strict";

// The total of a score sheet, as it is filled in.
const sum = document.querySelector("[data-total]");
const points = [...document.querySelectorAll(".scores input")];

function add() {
  sum.value = points.reduce((total, { value }) => total + (Number.parseInt(value, 10) || 0), 0);
}

for (const entry of sum ? points : []) entry.addEventListener("input", add);
