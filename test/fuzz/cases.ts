// How many generated cases run, and from which seed. CI runs ten thousand; `npm run fuzz` runs as many as it is told.
const CASES = 10_000;

/** Cases of one property, which takes this share of all. */
export function cases(share: number): { readonly numRuns: number; readonly seed?: number } {
  const numRuns = Math.ceil(wholeNumber('PAWL_FUZZ_CASES', CASES) * share);
  const { PAWL_FUZZ_SEED: seed } = process.env;
  return seed === undefined ? { numRuns } : { numRuns, seed: wholeNumber('PAWL_FUZZ_SEED', 0) };
}

/** How long the cases of one property may take, with a minute to start. */
export function deadlineMs(share: number, caseMs: number): number {
  return 60_000 + cases(share).numRuns * caseMs;
}

function wholeNumber(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value)) throw new Error(`${name} takes a whole number, not ${process.env[name]}`);
  return value;
}
