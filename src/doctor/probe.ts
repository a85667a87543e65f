// The process in which `pawl doctor` loads the addon and tries what a worker relies on: a crash or a hang here is a
// finding, not the doctor's end. Run as a program, never imported. Its own second thread plays the I/O thread.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { sleep, systemClock } from '../base/clock.ts';
import { packagePath } from '../base/package-place.ts';
import { readProcStat } from '../base/proc-stat.ts';
import { findNative, loadNative } from '../native/binding.ts';
import { Interruption } from '../native/interrupt.ts';
import { interruptUntilEnded } from '../native/interrupt-until-ended.ts';
import type { NativeApi } from '../native/native-api.ts';
import type { Blocking, ProbeLine } from './probe-report.ts';

const TOKENS: { readonly [B in Blocking]: number } = { loop: 1, 'system call': 2 };
const PIPE_BYTES = 4096;
const LOOK_MS = 1;
/** Longer than its parent lives, shorter than anybody would mind. */
const ORPHAN_MS = 10_000;

if (isMainThread) await probe();
else interruptWhatBlocks();

async function probe(): Promise<void> {
  const found = findNative();
  const native = 'native' in found ? found.native : null;
  const { attempts } = found;
  const isForced = Boolean(process.env.PAWL_ADDON);
  tell({ type: 'addon', file: 'native' in found ? found.file : null, isForced, attempts });
  if (native === null) return;
  tell({ type: 'orphans', adopts: await tryOrphans(native) });
  const interruption = new Interruption(native);
  const { unavailable } = interruption;
  tell({ type: 'interrupts', unavailable });
  if (unavailable === null) await tryInterrupts(native, interruption);
}

/** A grandchild whose parent has ended must become a child of this process. */
async function tryOrphans(native: NativeApi): Promise<string | null> {
  if (!native.adoptOrphans()) return 'this system has no way to adopt them';
  const sleeper = `setTimeout(() => {}, ${ORPHAN_MS})`;
  const leave = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}],
    { detached: true, stdio: 'ignore' }); process.stdout.write(String(child.pid)); child.unref();`;
  const parent = spawn(process.execPath, ['-e', leave], { stdio: ['ignore', 'pipe', 'inherit'] });
  let pid = '';
  parent.stdout.on('data', (text: Buffer) => {
    pid += text.toString();
  });
  await once(parent, 'close');
  if (!/^\d+$/.test(pid)) return 'the test process could not be started';
  const orphan = Number(pid);
  const adopter = readProcStat(orphan)?.ppid;
  process.kill(orphan, 'SIGKILL');
  while (!native.reap(orphan) && readProcStat(orphan)?.ppid === process.pid) await sleep(LOOK_MS);
  return adopter === process.pid ? null : `an orphan went to process ${adopter ?? 'unknown'} instead`;
}

async function tryInterrupts(native: NativeApi, interruption: Interruption): Promise<void> {
  const helper = new Worker(packagePath('dist', 'doctor', 'probe.js'), { execArgv: [] });
  await once(helper, 'message');
  const { readEnd } = native.capturePipe(PIPE_BYTES);
  native.setBlocking(readEnd);
  const ways: { readonly [B in Blocking]: () => void } = {
    loop: () => {
      for (;;);
    },
    // Nobody writes there.
    'system call': () => readSync(readEnd, Buffer.alloc(1)),
  };
  for (const blocking of ['loop', 'system call'] as const) {
    const began = performance.now();
    const result = interruption.guarded(TOKENS[blocking], ways[blocking]);
    if (result.interrupted) tell({ type: 'interrupted', blocking, ms: performance.now() - began });
  }
  await helper.terminate();
}

/** On the second thread, while the main one blocks. */
function interruptWhatBlocks(): void {
  const native = loadNative();
  let last = 0;
  setInterval(() => {
    const token = native.tokenInside();
    if (token === 0 || token === last) return;
    last = token;
    interruptUntilEnded(token, native, systemClock);
  }, LOOK_MS);
  parentPort?.postMessage('ready');
}

function tell(line: ProbeLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
