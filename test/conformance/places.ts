// Matches the differences that were found against those that are accounted for.
import type { Difference } from './compare.ts';
import { EVERYWHERE, PLACES, type Places } from './deviations.ts';

export interface Verdict {
  /** Differences that no place accounts for. */
  readonly unexplained: readonly Difference[];
  /** Places of the scenario where nothing differs. */
  readonly stale: readonly string[];
}

export function judge(scenario: string, found: readonly Difference[]): Verdict {
  const places: Places = PLACES[scenario] ?? {};
  const own = Object.keys(places);
  const known = [...own, ...Object.keys(EVERYWHERE)];
  return {
    unexplained: found.filter(({ at }) => !known.some((place) => matches(place, at))),
    stale: own.filter((place) => !found.some(({ at }) => matches(place, at))),
  };
}

function matches(place: string, at: string): boolean {
  const wanted = place.split('/');
  const keys = at.split('/');
  const isDeep = wanted.at(-1) === '**';
  const length = isDeep ? wanted.length - 1 : wanted.length;
  if (isDeep ? keys.length < length : keys.length !== length) return false;
  return wanted.slice(0, length).every((key, i) => key === '*' || key === keys[i]);
}
