// Holds a server still (SIGSTOP) for a bounded time, so that a test sees what its worker does with nobody to talk to.
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import { cpuTicks } from './processes.ts';

const LOOK_MS = 250;
/** A thread that waits may look at its deadline now and then. */
const IDLE_TICKS = 3;

/**
 * Stops the server, calls `begin`, waits until the process `busy` has nothing more to do, calls `end`, and lets the
 * server go on.
 */
export async function whileStopped(
  serverPid: number,
  busy: number,
  begin: () => void,
  end: () => void = () => {},
): Promise<void> {
  process.kill(serverPid, 'SIGSTOP');
  try {
    begin();
    await pause(LOOK_MS);
    let last = cpuTicks(busy);
    await eventually(`process ${busy} waits`, async () => {
      await pause(LOOK_MS);
      const before = last;
      last = cpuTicks(busy);
      return last - before <= IDLE_TICKS ? true : null;
    });
    end();
  } finally {
    process.kill(serverPid, 'SIGCONT');
  }
}
