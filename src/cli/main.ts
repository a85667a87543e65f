#!/usr/bin/env node
// What `pawl` starts: a worker process, where the command will need one, and run.ts, compiled to one script. Loads
// nothing else, for whatever it loads delays the start.
import { loadCompiled } from '../base/compiled.ts';
import { startEarlyWorker } from '../server/supervisor/early-worker.ts';

/** Those that run a predictor. What is wrong with the rest of the command line is found while the worker starts. */
const WITH_WORKER = ['serve', 'predict', 'train', 'schema'];

const [, , command = '', ...rest] = process.argv;
const isHelp = rest.some((argument) => argument === '-h' || argument === '--help');
const worker = WITH_WORKER.includes(command) && !isHelp ? startEarlyWorker() : null;
loadCompiled('cli').main(worker);
