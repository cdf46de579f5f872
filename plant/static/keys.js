// The number pad beside a weight: its keys type into the weight that was touched last, as a keyboard would. Where it is
// shown, the tablet's own keyboard stays away; a hardware keyboard types as ever.
let last = "";

const weights = (form) => [...form.querySelectorAll("[data-weight]")];

function inHand(pad) {
  const all = weights(pad.closest("form"));
  const at = (wanted) => all.find(wanted);
  return at((field) => field === document.activeElement) ?? at((field) => field.id === last) ?? at((field) => field.autofocus) ?? all[0];
}

function type(field, key) {
  const [from, to] = [field.selectionStart, field.selectionEnd];
  if (key === "back") field.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
  else if (field.value.length - (to - from) < field.maxLength) field.setRangeText(key, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-weight]")) last = target.id;
});

// Pressing a key must not take the cursor out of the weight.
document.addEventListener("mousedown", (event) => event.target.closest("[data-key]") && event.preventDefault());

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  const field = key && inHand(key);
  if (!field) return;
  field.focus({ preventScroll: true });
  type(field, key.dataset.key);
});

const keepKeyboardAway = () => {
  if (!matchMedia("(pointer: coarse)").matches) return;
  for (const pad of document.querySelectorAll(".pad")) for (const field of weights(pad.closest("form"))) field.inputMode = "none";
};
document.addEventListener("htmx:after:swap", keepKeyboardAway);
keepKeyboardAway();
