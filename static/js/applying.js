"use strict";

// Counts characters, narrows counties to a city, tells one window from its copy, shows what stands to who comes
// back, tells what could not be saved, and hands nothing in before what is being saved: the older text would be kept
// last.

for (const note of document.querySelectorAll("[data-count-of]")) {
  const area = document.getElementById(note.dataset.countOf);
  const count = () => {
    const length = [...area.value.trim()].length;
    note.querySelector("span").textContent = length;
    note.classList.toggle("field-count-over", length > Number(area.dataset.most));
  };
  area.addEventListener("input", count);
  count();
}

for (const counties of document.querySelectorAll("select[data-by-city]")) {
  const groups = [...counties.querySelectorAll("optgroup")];
  const city = document.createElement("select");
  city.className = "city";
  city.setAttribute("aria-label", "设区市");
  city.append(new Option("全部设区市", ""), ...groups.map((group) => new Option(group.label, group.label)));
  city.value = counties.selectedOptions[0]?.closest("optgroup")?.label ?? "";
  const narrow = () => {
    const chosen = counties.value;
    for (const group of groups) group.remove();
    counties.append(...groups.filter((group) => !city.value || group.label === city.value));
    counties.value = chosen;
    if (counties.selectedIndex < 0) counties.selectedIndex = 0;
  };
  city.addEventListener("change", (event) => {
    event.stopPropagation();
    const before = counties.value;
    narrow();
    if (counties.value !== before) counties.dispatchEvent(new Event("change", { bubbles: true }));
  });
  counties.before(city);
  narrow();
}

for (const search of document.querySelectorAll(".find-row input[type=search]")) {
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

const form = document.querySelector("[data-autosaved]");
if (form && performance.getEntriesByType("navigation")[0]?.type === "back_forward") location.replace(form.action);
for (const mark of document.querySelectorAll("[data-mark]")) {
  mark.value = crypto.getRandomValues(new Uint32Array(4)).join("-");
}
const saved = document.getElementById("saved");
const failed = (words) => {
  saved.textContent = `未保存：${words}本页所填内容仍在，请勿关闭。`;
  saved.classList.add("saved-not");
};
const longest = () => {
  const entries = [...form.elements].filter((each) => each.type === "textarea" || each.type === "text");
  const [first] = entries.sort((one, other) => other.value.length - one.value.length);
  return `“${first.labels[0]?.firstChild.textContent.trim() ?? first.name}”（${first.value.length}字）`;
};
form?.addEventListener("htmx:before:request", () => saved.classList.remove("saved-not"));
form?.addEventListener("htmx:error", () => failed("网络不通，恢复后请按“保存并继续”。"));
form?.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 400) failed(`内容过多，请先精简${longest()}。`);
  if (status === 403 || status >= 500) failed(status === 403 ? "页面已失效，请复制所填内容后刷新。" : "系统暂时不能保存。");
});
let waiting;
form?.addEventListener("submit", (event) => {
  if (!form.classList.contains("htmx-request")) return;
  event.preventDefault();
  saved.textContent = "正在保存……";
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(event.submitter));
  };
  form.addEventListener("htmx:finally:request", again, { once: true });
});
