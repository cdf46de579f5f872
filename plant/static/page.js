// Small manners of every page; each page also works without them.

// A form is sent once: its buttons rest until the answer is there. (The server's form key is the real guard.)
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  form.setAttribute("aria-busy", "true");
  // After this event, so that the pressed button's own name is still sent.
  setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
});

// Back in the history: the page comes from memory with its buttons still resting.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    form.querySelectorAll("button").forEach((button) => (button.disabled = false));
  }
});

// A list's address names only the filters that are set.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches("[data-tidy]")) return;
  for (const [name, value] of [...ctx.request.body]) if (value === "") ctx.request.body.delete(name);
});

const showPrint = () => document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));
document.addEventListener("click", (event) => event.target.closest?.("[data-print]") && window.print());
document.addEventListener("htmx:after:swap", showPrint);
showPrint();
