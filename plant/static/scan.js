// A handheld scanner is a fast keyboard. Keys less than 35 ms apart that end in Enter or Tab, at least four of them, are
// a scan, wherever the focus is: the field under it gets back what it held, and the scan goes where it belongs. On a
// page whose form wants a reference (data-scan) into that field, and on to the weight; elsewhere to "find". It never
// sends a form. A scanner that sends no Enter is heard when a complete code is followed by a pause.
import { beep } from "./sound.js";

const FAST = 35, PAUSE = 120, LONG_PAUSE = 400, SHORTEST = 4;
const GS = "\u001d"; // GS1's separator arrives as Ctrl+]
const REFERENCE = "[LBSR][A-Z0-9]{0,3}-\\d{4}-\\d{1,9}(?:-\\d{2,4})?";
const COMPLETE = new RegExp(`(?:${REFERENCE}|\\][a-z]\\d.{6,}|\\(00\\)\\d{18}.*|00\\d{18})$`, "i");
const MAY_GO_ON = new RegExp(`^L[A-Z0-9]{0,3}-\\d{4}-\\d+$|\\)`, "i"); // a lot's reference begins its containers'
const SHIFTED = { Digit9: "(", Digit0: ")", Minus: "_" };
const PLAIN = { Minus: "-", BracketLeft: "[", BracketRight: "]", Period: ".", Slash: "/", Space: " " };

let burst = [], last = 0, pause, isTaken = false;

// While an input method composes (Korean), keys say nothing of their letter; where they lie on the keyboard does.
function letter(event) {
  if (event.ctrlKey && event.code === "BracketRight") return GS;
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  const { key, code } = event;
  if (!event.isComposing && key.length === 1 && key.charCodeAt(0) < 128) return key;
  if (!event.isComposing && key !== "Process") return "";
  if (code.startsWith("Key")) return code.slice(3);
  if (event.shiftKey) return SHIFTED[code] ?? "";
  if (/^(Digit|Numpad)\d$/.test(code)) return code.at(-1);
  return PLAIN[code] ?? "";
}

function snapshot() {
  const field = document.activeElement;
  if (!field?.matches("input, textarea, select")) return { field };
  return { field, value: field.value, at: field.selectionStart };
}

// What was typed in a field before the scan is there again, and what hears the field is told.
function restore({ field, value, at }) {
  if (value === undefined || field.value === value) return;
  const isFocused = field === document.activeElement;
  if (isFocused) field.blur(); // ends a composition, so that it cannot write on afterwards
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (!isFocused) return;
  field.focus();
  try { field.setSelectionRange(at, at); } catch { /* a number or a list has no caret */ }
}

// A key typed by hand just before a scan is not part of it.
function cut(keys) {
  const text = keys.map(({ text }) => text).join("");
  const code = COMPLETE.exec(text)?.[0] ?? text;
  const start = text.length - code.length;
  return { code, before: keys[start <= 2 ? start : 0].before };
}

function take(keys) {
  const { code, before } = cut(keys);
  restore(before);
  scanned(code.trim());
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.key === "Shift" || event.key === "Control") return;
  const isNext = event.timeStamp - last < FAST;
  if (event.key === "Enter" || event.key === "Tab") {
    const keys = burst;
    forget();
    const ends = isNext && (keys.length >= SHORTEST || (isTaken && keys.length === 0));
    if (!ends) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (keys.length) take(keys);
    return;
  }
  isTaken = false;
  const text = letter(event);
  if (!isNext || !text) burst = [];
  if (!text) return;
  if (text === GS) event.preventDefault();
  burst.push({ text, before: snapshot() });
  last = event.timeStamp;
  clearTimeout(pause);
  pause = setTimeout(offer, PAUSE, false);
}, true);

function forget() {
  burst = [];
  clearTimeout(pause);
}

// A scanner that sends no Enter: what could still go on is waited for a little longer.
function offer(hasWaited) {
  const keys = burst, code = keys.map(({ text }) => text).join("");
  if (keys.length < 8 || !COMPLETE.test(code)) return;
  if (!hasWaited && MAY_GO_ON.test(code)) {
    pause = setTimeout(offer, LONG_PAUSE, true);
    return;
  }
  forget();
  isTaken = true; // an Enter that comes late is swallowed
  take(keys);
}

// Where a scan belongs.
const page = document.querySelector("main");
const isShown = (field) => !field.disabled && field.getClientRects().length > 0;

function wanting() {
  const fields = [...page.querySelectorAll("input[data-scan]")].filter(isShown);
  if (fields.includes(document.activeElement)) return document.activeElement;
  return fields.find((field) => !field.value) ?? fields[0];
}

function fill(field, code) {
  field.value = code.replaceAll(GS, "");
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  const press = field.dataset.scanPress && field.form?.querySelector(`button[name="${field.dataset.scanPress}"]`);
  if (press) press.click(); // "choose it": shows what it is, books nothing
  else next(field)?.focus();
}

// On to the weight; where there is none, to the next field.
function next(field) {
  const after = [...(field.form ?? page).querySelectorAll("input, select, textarea, button")].filter(
    (other) => isShown(other) && field.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return after.find((other) => other.matches("[data-weight]")) ?? after[0];
}

// A page on which something was typed is not left for a scan.
let isTypedIn = false;
document.addEventListener("input", ({ isTrusted, target }) => {
  if (isTrusted && target.closest?.("main form[method=post]")) isTypedIn = true;
});

const finder = document.querySelector("[data-find]")?.dataset.find;
const lock = document.getElementById("lock");
const badges = document.querySelector("[data-badges]")?.dataset.badges;

async function scanned(code) {
  if (lock?.open && code.toUpperCase() === lock.dataset.badge) return; // the PIN is all that is missing
  const door = lock?.open ? lock.dataset.badges : badges;
  if (door) return void location.assign(`${door}?badge=${encodeURIComponent(code)}`);
  if (!finder) return;
  const field = wanting();
  const held = field && { field, value: field.value };
  if (field) fill(field, code);
  if (field?.form?.matches("[data-blind]")) return beep(true); // who counts is not told what to find
  const address = `${finder}?q=${encodeURIComponent(code)}`;
  let told = { code, known: false, words: code, url: address };
  try {
    const answer = await fetch(address, { headers: { "X-Scan": "1" } });
    if (answer.ok) told = await answer.json();
  } catch { /* the network is away: the scan is in its field all the same */ }
  if (told.leaves) {
    if (held) restore(held);
    return void location.assign(told.url);
  }
  beep(told.known);
  remember(told);
  if (!field && !isTypedIn) location.assign(told.url || address);
}

// The last five scans stay in sight, for this person in this window.
const strip = document.getElementById("scans");
const KEY = `scans ${strip?.dataset.person}`;

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEY)) ?? []; } catch { return []; }
}

function remember(told) {
  const others = kept().filter(({ code }) => code !== told.code);
  sessionStorage.setItem(KEY, JSON.stringify([told, ...others].slice(0, 5)));
  draw();
}

function draw() {
  if (!strip) return;
  const scans = kept();
  strip.hidden = scans.length === 0 || page.querySelector("[data-blind]") !== null;
  strip.querySelector("ol").replaceChildren(...scans.map(({ words, url, known }) => {
    const item = document.createElement("li");
    const sign = strip.querySelector(known ? "template.known" : "template.unknown").content.cloneNode(true);
    const link = document.createElement(url ? "a" : "span");
    if (url) link.href = url;
    link.append(sign, words);
    item.append(link);
    return item;
  }));
}

const here = document.querySelector("[data-scanned]"); // the page that says what was scanned or typed
if (here) {
  const { code, words, url, known } = here.dataset;
  remember({ code, words, url, known: known === "true" });
}
draw();
