"use strict";

// A table of boxes to tick: one box for all of them, and how many are ticked.
for (const table of document.querySelectorAll("[data-choose]")) {
  const all = table.querySelector("[data-choose-all]");
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const said = document.querySelector("[data-chosen]");

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = `已选 ${chosen} / ${boxes.length} 人`;
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  table.addEventListener("change", tell);
  tell();
}
