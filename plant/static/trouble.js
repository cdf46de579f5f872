// When the server does not answer or answers badly: one alert that says what to do. What was typed stays where it is,
// and a form that found no network is sent again when there is one: its key on the server makes that once.
const region = () => document.getElementById("trouble");
const ASKED_EVERY_MS = 2000;

function say(sentence, word = region().dataset.close, act = () => {}) {
  const place = region();
  if (!place) return;
  const text = document.createElement("p");
  text.textContent = sentence;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = word;
  button.addEventListener("click", () => { act(); place.replaceChildren(); });
  place.replaceChildren(text, button);
  place.scrollIntoView({ block: "nearest" });
}

const isQuiet = (ctx) => ctx.sourceElement?.matches("[data-quiet]"); // a tile that asks by itself says how old it is

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (status === 422 || headers.get("HX-Redirect") || headers.get("X-Locked") || isQuiet(ctx)) return;
  say(region().dataset[status < 500 ? "gone" : "broken"]);
});

// The one form that waits for the network, and the button that sent it.
let waiting = null;

function stopWaiting() {
  clearTimeout(waiting?.timer);
  waiting = null;
}

async function ask() {
  if (!waiting) return;
  clearTimeout(waiting.timer);
  const { form, button } = waiting;
  const answers = await fetch("/healthz", { cache: "no-store" }).then((answer) => answer.ok, () => false);
  if (waiting?.form !== form) return; // sent by hand meanwhile
  if (!form.isConnected) return stopWaiting();
  if (answers) form.requestSubmit(button?.isConnected ? button : undefined);
  else waiting.timer = setTimeout(ask, ASKED_EVERY_MS);
}

window.addEventListener("online", ask);

// A request that found no server, or no answer in time.
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || isQuiet(ctx)) return;
  const form = ctx.sourceElement;
  if (!form?.matches("form[method=post]:has([name=once])")) return say(region().dataset.lost);
  stopWaiting();
  waiting = { form, button: ctx.sourceEvent?.submitter, timer: setTimeout(ask, ASKED_EVERY_MS) };
  say(region().dataset.waiting, region().dataset.stop, stopWaiting);
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (waiting?.form === ctx.sourceElement) stopWaiting();
});

// It works again. (htmx says "after swap" of errors too, though nothing was swapped.)
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if ((ctx.response.status < 400 || ctx.response.status === 422) && !isQuiet(ctx)) region()?.replaceChildren();
});
