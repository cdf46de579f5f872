// What was just saved stays in reach for ten seconds, with the button that takes it back; the same button stays on the
// page. Whoever points at it or has the cursor in it has all the time they need.
const SHOWN_MS = 10000;

function show(line) {
  line.removeAttribute("data-toast");
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "status");
  toast.append(...[...line.cloneNode(true).childNodes]);
  document.body.append(toast);
  let rest;
  const wait = () => (rest = setTimeout(() => toast.remove(), SHOWN_MS));
  const stay = () => clearTimeout(rest);
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  wait();
}

const look = () => document.querySelectorAll("[data-toast]").forEach(show);
document.addEventListener("htmx:after:swap", look);
look();
