// The tiles are asked for every 5 s while somebody looks; what has not changed comes back as 304 and stays untouched.
const tiles = () => document.getElementById("tiles");
const isTiles = (ctx) => ctx?.sourceElement?.id === "tiles";
let etag = "";

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (!isTiles(ctx)) return;
  if (document.hidden) event.preventDefault();
  else if (etag) ctx.request.headers["If-None-Match"] = etag;
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (!isTiles(ctx)) return;
  const { status, headers } = ctx.response;
  tiles().classList.toggle("is-lost", status >= 500);
  if (status === 200) etag = headers.get("ETag") ?? "";
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => isTiles(ctx) && tiles().classList.add("is-lost"));

// A table that somebody opened stays open when the figures in it change.
window.htmx.registerExtension("open-stays", {
  htmx_before_morph_attr: (element, { attrName }) => attrName !== "open",
});

// Back from another tab: look at once.
document.addEventListener("visibilitychange", () => document.hidden || tiles()?.dispatchEvent(new Event("look")));
