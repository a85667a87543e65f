// What a worker process starts, and its I/O thread: the program of either, each compiled to one script. Loads nothing
// else, for whatever it loads delays the start.
import { isMainThread } from 'node:worker_threads';
import { loadCompiled } from '../../base/compiled.ts';

loadCompiled(isMainThread ? 'worker' : 'io');
