// Resident memory, idle and after a burst of load.
import { setTimeout as pause } from 'node:timers/promises';
import { type Scenario, sideBySide } from '../bench.ts';
import { closedLoop } from '../load/wrk.ts';
import { processTree, residentBytes } from '../process-usage.ts';
import { contendersFor, INPUT } from '../subjects.ts';

const MIB = 2 ** 20;
const IDLE_MS = 1_000;
const CONNECTIONS = 64;
const LOAD_SECONDS = 2;

export const MEMORY: Scenario = {
  name: 'memory',
  title: 'Memory, idle and after load',
  async run(bench) {
    const subjects = contendersFor(bench, 'echo').map((contender) => ({
      name: contender.name,
      start: async () => ({
        // A new server each time: what is asked for is what it needs, not what it has grown to.
        async measure() {
          const server = await contender.serve({ work: 'echo', slots: CONNECTIONS });
          try {
            await pause(IDLE_MS);
            const idle = resident(server.pid);
            await closedLoop(server, INPUT, CONNECTIONS, LOAD_SECONDS);
            const loaded = resident(server.pid);
            return {
              serverIdleMiB: idle.server,
              workerIdleMiB: idle.below,
              serverLoadedMiB: loaded.server,
              workerLoadedMiB: loaded.below,
            };
          } finally {
            await server.stop();
          }
        },
        stop: async () => {},
      }),
    }));
    // Memory does not depend on the mood of the machine.
    await sideBySide(bench, { scenario: 'memory', situation: '64 slots', subjects, rounds: 1 });
  },
};

function resident(pid: number): { readonly server: number; readonly below: number } {
  const sum = (pids: readonly number[]) => pids.reduce((total, one) => total + residentBytes(one), 0) / MIB;
  return { server: sum([pid]), below: sum(processTree(pid).slice(1)) };
}
