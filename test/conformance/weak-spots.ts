// What Cog's server is weak at, one number each, and the test that shows that Pawl is not. docs/weak-spots.md is
// generated from this table; a tidy test looks up every file and every title.
import { AROUND_THEM } from './weak-spots/around-them.ts';
import { PREDICTIONS } from './weak-spots/predictions.ts';
import type { WeakSpots } from './weak-spots/weak-spot.ts';

export const WEAK_SPOTS: WeakSpots = { ...PREDICTIONS, ...AROUND_THEM };
