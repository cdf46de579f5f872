// The lock of a session in which nothing was done for a while. It lies over the page, so that what was typed is still
// there for the same person; the server keeps the same time and answers a locked session nothing.
const dialog = document.getElementById("lock");
const idle = Number(dialog?.dataset.idle) * 1000;
let active = Date.now(), told = active;

function lock() {
  if (dialog.open) return;
  dialog.showModal();
  dialog.querySelector("input[name=secret]").focus();
}

// Typing counts as doing something; the server hears of it now and then.
function wake() {
  const now = Date.now();
  if (dialog.open) return;
  if (now - active >= idle) return lock();
  active = now;
  if (now - told < 60_000) return;
  told = now;
  fetch(dialog.dataset.awake, { headers: { "X-Scan": "1" } }).then(({ headers }) => headers.get("X-Locked") && lock(), () => {});
}

if (dialog) {
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, wake, true);
  document.addEventListener("visibilitychange", () => Date.now() - active >= idle && lock());
  setInterval(() => Date.now() - active >= idle && lock(), 5_000);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  // A form that is sent over the lock's head is not sent.
  document.addEventListener("submit", (event) => {
    if (Date.now() - active < idle || dialog.contains(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    lock();
  }, true);
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.headers.get("X-Locked")) lock();
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (!dialog.contains(ctx.sourceElement) || ctx.response?.status !== 204) return;
    active = told = Date.now();
    dialog.querySelector("input[name=secret]").value = "";
    dialog.close();
  });
}

// The number pad of a PIN; beside it the tablet's own keyboard stays away.
const keepKeyboardAway = () => {
  if (matchMedia("(pointer: coarse)").matches) for (const field of document.querySelectorAll("[data-pin]")) field.inputMode = "none";
};
document.addEventListener("htmx:after:swap", keepKeyboardAway);
keepKeyboardAway();

document.addEventListener("click", ({ target }) => {
  const digit = target.closest("[data-digit]")?.dataset.digit;
  if (!digit) return;
  const field = target.closest(".pin").querySelector("[data-pin]");
  if (digit === "all") field.value = "";
  else field.value = digit === "back" ? field.value.slice(0, -1) : field.value + digit;
});
