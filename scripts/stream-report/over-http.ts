// The same over HTTP, with a real worker: from `yield` to a client that only counts. Three processes share the machine.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { childrenOf } from '../../test/helpers/processes.ts';
import type { RunningServer } from '../../test/helpers/start-server.ts';

export interface Flow {
  readonly eventsPerSecond: number;
  /** From the request to the first chunk at the client. */
  readonly firstMs: number;
  readonly serverMicrosPerEvent: number;
  readonly workerMicrosPerEvent: number;
  /** Connection writes as the client sees them. */
  readonly pieces: number;
}

export async function flowOf(server: RunningServer, events: number): Promise<Flow> {
  const worker = childrenOf(server.pid)[0] ?? -1;
  const before = [cpuMs(server.pid), cpuMs(worker)] as const;
  const began = performance.now();
  const { firstMs, pieces, text } = await read(server.url, events, began);
  const seconds = (performance.now() - began) / 1000;
  if (!text.includes(`"token${(events - 1) % 1000} "],"logs"`))
    throw new Error(`it did not end as it should: ${text.slice(-500)}`);
  return {
    eventsPerSecond: events / seconds,
    firstMs,
    serverMicrosPerEvent: ((cpuMs(server.pid) - before[0]) * 1000) / events,
    workerMicrosPerEvent: ((cpuMs(worker) - before[1]) * 1000) / events,
    pieces,
  };
}

const END_CHARS = 2_000;

function read(url: string, count: number, began: number) {
  return new Promise<{ firstMs: number; pieces: number; text: string }>((resolve, reject) => {
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    const asked = request(`${url}/predictions`, { method: 'POST', headers }, (response) => {
      let firstMs = 0;
      let pieces = 0;
      let text = '';
      response.on('data', (piece: Buffer) => {
        pieces += 1;
        if (firstMs === 0 && piece.includes('event: output')) firstMs = performance.now() - began;
        text = (text + piece.toString('latin1', Math.max(0, piece.length - END_CHARS))).slice(-END_CHARS);
      });
      response.on('end', () => resolve({ firstMs, pieces, text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(JSON.stringify({ input: { count } }));
  });
}

// Linux counts a hundred ticks a second wherever Node runs.
const TICK_MS = 10;

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
