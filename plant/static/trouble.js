// When the server does not answer or answers badly: one alert that says what to do. What was typed stays where it is.
const region = () => document.getElementById("trouble");

function say(sentence) {
  const place = region();
  if (!place) return;
  const text = document.createElement("p");
  text.textContent = sentence;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain";
  close.textContent = place.dataset.close;
  close.addEventListener("click", () => place.replaceChildren());
  place.replaceChildren(text, close);
  place.scrollIntoView({ block: "nearest" });
}

const isQuiet = (ctx) => ctx.sourceElement?.matches("[data-quiet]"); // a tile that asks by itself says how old it is

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (status === 422 || headers.get("HX-Redirect") || headers.get("X-Locked") || isQuiet(ctx)) return;
  say(region().dataset[status < 500 ? "gone" : "broken"]);
});

// A request that found no server, or no answer in time.
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !isQuiet(ctx)) say(region().dataset.lost);
});

// It works again. (htmx says "after swap" of errors too, though nothing was swapped.)
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if ((ctx.response.status < 400 || ctx.response.status === 422) && !isQuiet(ctx)) region()?.replaceChildren();
});
