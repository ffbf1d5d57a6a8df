// What the leader marked stays on the phone until the server has it: the page works without this.
"use strict";
const form = document.getElementById("round");
const key = "roll-call:" + form.dataset.draft;
const fields = () => [...form.elements].filter((f) => f.name && f.type !== "hidden");

for (const [name, value] of Object.entries(JSON.parse(localStorage.getItem(key) || "{}"))) {
  for (const field of form.querySelectorAll(`[name="${name}"]`)) {
    if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
    if (value && field.closest("details")) field.closest("details").open = true;
  }
}
// A round that was called has another number: its draft is done with.
for (const old of Object.keys(localStorage)) {
  if (old.startsWith(key.slice(0, key.lastIndexOf("/") + 1)) && old !== key) localStorage.removeItem(old);
}
form.addEventListener("input", () => {
  const said = {};
  for (const f of fields()) if (f.type !== "radio" || f.checked) said[f.name] = f.value;
  localStorage.setItem(key, JSON.stringify(said));
});
form.addEventListener("submit", (event) => {
  if (navigator.onLine) return void setTimeout(() => (form.querySelector("button").disabled = true));
  event.preventDefault();
  document.getElementById("kept").hidden = false;
});
