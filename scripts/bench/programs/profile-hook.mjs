// Preloaded into every Node of a server under measurement, each of its threads included: takes a V8 CPU profile from when
// the file START appears in $PAWL_BENCH_PROFILE until STOP does, and leaves it there.
import { existsSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';

const folder = process.env.PAWL_BENCH_PROFILE ?? '';
const LOOK_MS = 50;
const INTERVAL_MICROS = 500;
const ROLES = [
  [/\/worker\//, isMainThread ? 'model' : 'io'],
  [/\/cli\/main\.js$/, 'server'],
];
const role = ROLES.find(([program]) => program.test(process.argv[1] ?? ''))?.[1] ?? 'helper';
const session = new Session();
let isRunning = false;
let isBusy = false;

const timer = setInterval(async () => {
  if (isBusy) return;
  isBusy = true;
  if (!isRunning && existsSync(path.join(folder, 'START'))) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROS });
    await session.post('Profiler.start');
    isRunning = true;
  } else if (isRunning && existsSync(path.join(folder, 'STOP'))) {
    clearInterval(timer);
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(
      path.join(folder, `${role}-${process.pid}-${threadId}.cpuprofile`),
      JSON.stringify(profile),
    );
  }
  isBusy = false;
}, LOOK_MS);
timer.unref();
