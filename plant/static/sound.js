// A short high tone for yes, two low ones for no. Off for whoever turned it off on this machine.
let context;

export const isMuted = () => localStorage.getItem("muted") === "yes";

function tone(hertz, start, seconds) {
  const [oscillator, volume] = [context.createOscillator(), context.createGain()];
  oscillator.type = "square";
  oscillator.frequency.value = hertz;
  volume.gain.value = 0.08;
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(context.currentTime + start);
  oscillator.stop(context.currentTime + start + seconds);
}

export function beep(isGood) {
  if (isMuted() || !navigator.userActivation?.hasBeenActive) return; // a browser is silent until it is touched
  context ??= new AudioContext();
  if (isGood) tone(1320, 0, 0.09);
  else for (const start of [0, 0.18]) tone(220, start, 0.13);
}

// The switch in the person's menu; without a script there is no sound and no switch.
for (const button of document.querySelectorAll("[data-mute]")) {
  const show = () => button.setAttribute("aria-pressed", String(!isMuted()));
  button.addEventListener("click", () => {
    localStorage.setItem("muted", isMuted() ? "no" : "yes");
    show();
    beep(true);
  });
  button.hidden = false;
  show();
}
