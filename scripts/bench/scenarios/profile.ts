// Where the time of a prediction goes: V8's CPU profile of the server and of both threads of the worker under load, its
// shares applied to the CPU time that the kernel counted.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Bench, Scenario } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { closedLoop } from '../load/wrk.ts';
import { type Role, timeByHop } from '../profile/hops.ts';
import { busyMicros, type CpuProfile, type Frame, frameTree, merged } from '../profile/stacks.ts';
import { unbundled } from '../profile/unbundled.ts';
import { flameGraph } from '../report/flame-graph.ts';
import { type Cost, costOf, INPUT, warm } from '../subjects.ts';

const HOOK = fileURLToPath(new URL('../programs/profile-hook.mjs', import.meta.url));
const CONNECTIONS = 64;
const LOAD_SECONDS = 4;
/** The hook looks more often. */
const SETTLE_MS = 300;
const WRITTEN_MS = 10_000;
/** More, and the profile would be one of refusals. */
const ERRORS_SHARE_MAX = 0.01;
const ROLES: readonly Role[] = ['server', 'io', 'model'];
const THREADS = {
  server: 'server process',
  io: 'worker, I/O thread',
  model: 'worker, model thread',
} as const;

export const PROFILE: Scenario = {
  name: 'profile',
  title: 'Where the time goes',
  about:
    "V8's CPU profile of the server and of both threads of the worker under 64 clients; its shares are applied to the CPU time per prediction that the kernel counted. What Node and packages do counts for the part of Pawl that called it.",
  async run(bench) {
    const contender = bench.contenders.find(({ name }) => name === 'pawl');
    if (contender === undefined) return;
    const folder = mkdtempSync(path.join(tmpdir(), 'pawl-profile-'));
    const env = { NODE_OPTIONS: `--import ${pathToFileURL(HOOK).href}`, PAWL_BENCH_PROFILE: folder };
    try {
      const server = await contender.serve({ work: 'echo', slots: CONNECTIONS, env });
      try {
        await profile(bench, server, folder);
      } finally {
        await server.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function profile(bench: Bench, server: RunningContender, folder: string): Promise<void> {
  await warm(server, CONNECTIONS);
  writeFileSync(path.join(folder, 'START'), '');
  await pause(SETTLE_MS);
  const cost = await costOf(
    server,
    () => closedLoop(server, INPUT, CONNECTIONS, LOAD_SECONDS),
    ({ requests, errors }) => requests - errors,
  );
  const { requests, errors } = cost.result;
  bench.say(`profile: ${requests} requests, ${errors} errors`);
  if (errors > requests * ERRORS_SHARE_MAX) throw new Error(`${errors} of ${requests} requests failed`);
  writeFileSync(path.join(folder, 'STOP'), '');
  const trees = await profilesIn(folder);
  const situation = `echo, c=${CONNECTIONS}`;
  for (const [hop, micros] of hops(trees, cost)) {
    bench.say(`profile ${situation} ${hop}: ${micros.toFixed(1)} µs`);
    bench.measurements.push({ scenario: 'profile', situation, subject: hop, figures: { micros: [micros] } });
  }
  const threads = ROLES.map((role) => merged(THREADS[role], [trees.get(role) ?? frameTree(NOTHING)]));
  const whole: Frame = { name: 'all threads', url: '', selfMicros: 0, children: threads };
  bench.pictures.set(
    'flame-graph.svg',
    flameGraph(whole, 'Where the CPU time of echo predictions goes, 64 at a time'),
  );
}

const NOTHING: CpuProfile = { nodes: [], samples: [], timeDeltas: [] };

async function profilesIn(folder: string): Promise<ReadonlyMap<Role, Frame>> {
  const deadline = performance.now() + WRITTEN_MS;
  const trees = new Map<Role, Frame>();
  for (;;) {
    for (const role of ROLES) {
      const file = readdirSync(folder).find((name) => name.startsWith(`${role}-`));
      const profile = file === undefined ? null : readProfile(path.join(folder, file));
      if (profile !== null) trees.set(role, frameTree(unbundled(profile, readOrNull)));
    }
    if (trees.size === ROLES.length) return trees;
    if (performance.now() > deadline) throw new Error(`profiles of ${[...trees.keys()].join(', ')} only`);
    await pause(100);
  }
}

/** Null while it is being written. */
function readProfile(file: string): CpuProfile | null {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CpuProfile) : null;
  } catch {
    // Half of it is there.
    return null;
  }
}

function readOrNull(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** CPU microseconds of a prediction by hop, the largest first. */
function hops(trees: ReadonlyMap<Role, Frame>, cost: Cost): (readonly [hop: string, micros: number])[] {
  const found = new Map<string, number>();
  const share = (roles: readonly Role[], process: string, micros: number) => {
    const total = roles.reduce((sum, role) => sum + busyMicros(trees.get(role) ?? frameTree(NOTHING)), 0);
    for (const role of roles) {
      for (const [hop, time] of timeByHop(role, trees.get(role) ?? frameTree(NOTHING))) {
        const name = `${process}: ${hop}`;
        found.set(name, (found.get(name) ?? 0) + (time / total) * micros);
      }
    }
  };
  share(['server'], 'server', cost.serverMicros);
  share(['io', 'model'], 'worker', cost.workerMicros);
  return [...found].sort((a, b) => b[1] - a[1]);
}
