// Resident memory, idle and after a burst of load.
import { setTimeout as pause } from 'node:timers/promises';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { Contender } from '../contender.ts';
import { closedLoop } from '../load/wrk.ts';
import { processTree, residentBytes } from '../process-usage.ts';
import { contendersFor, INPUT, predictionServers } from '../subjects.ts';

const MIB = 2 ** 20;
const IDLE_MS = 1_000;
const CONNECTIONS = 64;
const LOAD_SECONDS = 2;

export const MEMORY: Scenario = {
  name: 'memory',
  title: 'Memory, idle and after load',
  about:
    'Resident memory of the process that answers and of all below it, after a second of rest, and after two seconds of load by 64 clients. A worker of Pawl is one process with two threads.',
  async run(bench) {
    // Memory does not depend on the mood of the machine: one round says it.
    const rounds = 1;
    const servers = predictionServers(bench);
    const idle = servers.map((contender) => fresh(contender, 1, 'idle'));
    await sideBySide(bench, { scenario: 'memory', situation: 'idle, one slot', subjects: idle, rounds });
    const loaded = contendersFor(bench, 'echo').map((contender) => fresh(contender, CONNECTIONS, 'loaded'));
    await sideBySide(bench, { scenario: 'memory', situation: '64 slots', subjects: loaded, rounds });
  },
};

/** A new server each time: what is asked for is what it needs, not what it has grown to. */
function fresh(contender: Contender, slots: number, until: 'idle' | 'loaded') {
  const measure = async (): Promise<Round> => {
    const server = await contender.serve({ work: 'echo', slots });
    try {
      await pause(IDLE_MS);
      const idle = resident(server.pid);
      const figures = { serverIdleMiB: idle.server, workerIdleMiB: idle.below };
      if (until === 'idle') return figures;
      await closedLoop(server, INPUT, CONNECTIONS, LOAD_SECONDS);
      const loaded = resident(server.pid);
      return { ...figures, serverLoadedMiB: loaded.server, workerLoadedMiB: loaded.below };
    } finally {
      await server.stop();
    }
  };
  return { name: contender.name, start: async () => ({ measure, stop: async () => {} }) };
}

function resident(pid: number): { readonly server: number; readonly below: number } {
  const sum = (pids: readonly number[]) => pids.reduce((total, one) => total + residentBytes(one), 0) / MIB;
  return { server: sum([pid]), below: sum(processTree(pid).slice(1)) };
}
