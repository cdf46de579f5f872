// Scale and unit belong together: choosing a scale chooses the unit it shows; choosing the other unit lets go of the
// scale. The number stays as it was typed. (The server refuses what does not belong together.)
const unitOf = (scale) => scale?.selectedOptions[0]?.dataset.unit;

function tell(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function choose(form, unit) {
  const radio = form.querySelector(`[name=unit][value="${unit}"]`);
  if (!radio || radio.checked) return;
  radio.checked = true;
  letGo(form, unit);
  tell(radio);
}

function letGo(form, unit) {
  const scale = form.querySelector("select[name=scale]");
  if (unitOf(scale) && unitOf(scale) !== unit) scale.value = "";
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form");
  if (target.matches("[name=unit]")) letGo(form, target.value);
  if (target.matches("select[name=scale]") && unitOf(target)) choose(form, unitOf(target));
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-unit-to]");
  if (button) choose(button.closest("form"), button.dataset.unitTo);
});
