// Tells a module whether it runs in a worker, so that it can leave out what only serving needs.
import { runtime } from './runtime.ts';

/** True inside a worker, false elsewhere: in a test, a script, a notebook. */
export const active: boolean = runtime() !== null;
