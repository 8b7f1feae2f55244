/** Two short tones, each of which can be silenced for ten minutes. What sounds also shows. */

export const MUTE_MS = 10 * 60_000;
const TONES = { ringing: [880, 660], overdue: [440, 440] };
const TONE_S = 0.16;
const LOUDNESS = 0.12;

/** Whether a tone is silenced now. Pure. */
export const isMuted = (muted, tone, nowMs) => nowMs < (muted[tone] ?? 0);

/** Silence a tone for ten minutes, or let it sound again. Pure. */
export const toggledMute = (muted, tone, nowMs) => ({ ...muted, [tone]: isMuted(muted, tone, nowMs) ? 0 : nowMs + MUTE_MS });

/** Which ids are there now and were not before. Pure. */
export const arrivals = (before, now) => [...now].filter((id) => !before.has(id));

/** Plays tones; browsers allow it only after the first key or click. */
export function makeSpeaker(makeContext = () => new AudioContext()) {
  let context = null;
  return {
    play(tone) {
      if (!navigator.userActivation?.hasBeenActive) return;
      context ??= makeContext();
      TONES[tone].forEach((frequency, index) => beep(context, frequency, context.currentTime + index * (TONE_S + 0.06)));
    },
    stop() {
      context?.close();
      context = null;
    },
  };
}

function beep(context, frequency, at) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.01);
  volume.gain.linearRampToValueAtTime(0, at + TONE_S);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + TONE_S);
}
