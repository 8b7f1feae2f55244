/** A new job is heard and felt, again and again until it is accepted. */

const AGAIN_MS = 8000;
const PATTERN_MS = [300, 150, 300, 150, 600];
const TONES_HZ = [880, 660, 880];

/** {start, stop}: sound and vibration, each only where the phone has it. */
export function makeAlarm({ navigator = globalThis.navigator, AudioContext = globalThis.AudioContext, timers = globalThis } = {}) {
  let timer = null;
  let audio = null;

  function ring() {
    if (navigator.userActivation?.hasBeenActive === false) return; // the browser would refuse: the page says so
    navigator.vibrate?.(PATTERN_MS);
    if (!AudioContext) return;
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
    TONES_HZ.forEach((hertz, index) => beep(audio, hertz, audio.currentTime + index * 0.28));
  }

  return {
    get ringing() {
      return timer !== null;
    },
    start() {
      if (timer !== null) return;
      ring();
      timer = timers.setInterval(ring, AGAIN_MS);
    },
    stop() {
      if (timer === null) return;
      timers.clearInterval(timer);
      timer = null;
      navigator.vibrate?.(0);
    },
  };
}

function beep(audio, hertz, at) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.24);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.26);
}
