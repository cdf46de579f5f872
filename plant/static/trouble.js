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

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (status === 422 || headers.get("HX-Redirect")) return;
  say(region().dataset[status < 500 ? "gone" : "broken"]);
});

// A fetch that failed or took too long. A polled tile that fails says how old it is by itself.
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.sourceElement?.matches("[data-quiet]")) say(region().dataset.lost);
});

document.addEventListener("htmx:after:swap", () => region()?.replaceChildren());
