// Turns a curve of speech probabilities into stretches of speech.

export interface Segment {
  /** Seconds from the beginning of the recording. */
  readonly start: number;
  readonly end: number;
}

export interface SegmentRules {
  /** Speech begins where the probability reaches this … */
  readonly threshold: number;
  /** … and ends where it has stayed 0.15 below it for this many seconds. */
  readonly minSilence: number;
  /** Shorter stretches are clicks and coughs. */
  readonly minSpeech: number;
}

const HYSTERESIS = 0.15;

/** `window` is the length in seconds that each probability stands for. */
export function segmentsOf(probabilities: readonly number[], window: number, rules: SegmentRules): Segment[] {
  const segments: Segment[] = [];
  let start: number | null = null;
  let quietSince: number | null = null;
  const close = (end: number) => {
    if (start !== null && end - start >= rules.minSpeech)
      segments.push({ start: round(start), end: round(end) });
    start = null;
    quietSince = null;
  };
  for (const [index, probability] of probabilities.entries()) {
    const now = index * window;
    if (probability >= rules.threshold) {
      start ??= now;
      quietSince = null;
    } else if (start !== null && probability < rules.threshold - HYSTERESIS) {
      quietSince ??= now;
      if (now + window - quietSince >= rules.minSilence) close(quietSince);
    }
  }
  close(quietSince ?? probabilities.length * window);
  return segments;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
