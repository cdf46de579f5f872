// Small manners of every page; each page also works without them.

// A form is sent once: its buttons rest until the answer is there. (The form's key on the server is the real guard.)
function rest(form, isResting) {
  if (isResting) form.setAttribute("aria-busy", "true");
  else form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("button")) button.disabled = isResting;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // After this event, so that the name of the button that was pressed is still sent.
  if (!event.defaultPrevented && form.method === "post") setTimeout(() => rest(form, true));
});

for (const [name, isResting] of [["htmx:before:request", true], ["htmx:finally:request", false]]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    const form = ctx.sourceElement.closest("form");
    const isQuiet = ctx.sourceElement.matches("[data-quiet]"); // a weight is read back while its keys are pressed
    if (form && ctx.request.method === "POST" && !ctx.keepIndicators && !isQuiet) rest(form, isResting);
  });
}

// Back in the history: the page comes from memory with its buttons still resting.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach((form) => rest(form, false));
});

// What a page asks by itself does not keep a session awake.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const asksItself = ctx.sourceElement.matches("[data-quiet]") && !ctx.sourceElement.closest("form");
  if (asksItself) ctx.request.headers["X-Quiet"] = "1";
});

// A list's address names only the filters that are set.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches("[data-tidy]")) return;
  for (const [name, value] of [...ctx.request.body]) if (value === "") ctx.request.body.delete(name);
});

// Printing needs a script, so its button appears only with one.
const showPrint = () => document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
document.addEventListener("htmx:after:swap", showPrint);
showPrint();
if (document.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());
