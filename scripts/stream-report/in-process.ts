// What one event costs inside the server, from the prediction to the bytes for a connection: the real prediction,
// journal and readers, without sockets. Single events come in turns of the event loop, as a worker's do.
import { Writable } from 'node:stream';
import { asPredictionId } from '../../src/protocol/ids.ts';
import { fakeServer, post, STREAMING } from '../../test/helpers/fake-server.ts';

export interface Cost {
  readonly readers: number;
  readonly eventsPerSecond: number;
  /** Steadier than the clock where other work shares the machine. */
  readonly cpuMicrosPerEvent: number;
  /** The same for each tenth of the run: equal where an event costs the same however many there were. */
  readonly tenths: readonly number[];
  readonly bytes: number;
}

// About what a 64 KiB read from a worker's socket holds.
const EVENTS_PER_TURN = 500;

export async function costOf(events: number, readers: number): Promise<Cost> {
  const { app, fleet, ask } = fakeServer({ document: STREAMING });
  await ask(post('/predictions', { id: 'measured' }, { prefer: 'respond-async' }));
  const prediction = app.engine.service.find('predict', asPredictionId('measured'));
  let bytes = 0;
  const ends = Array.from({ length: readers }, () => {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    });
    const reader = prediction === null ? null : app.streams.open(prediction, null);
    if (reader === null) throw new Error('the prediction has no event stream');
    reader.pipe(sink);
    return new Promise((resolve) => sink.once('finish', resolve));
  });
  const tenths: number[] = [];
  const { run } = fleet;
  const began = performance.now();
  const cpuBegan = cpuMicros();
  let tenthBegan = cpuBegan;
  for (let index = 0; index < events; index++) {
    run.output('chunk', `token${index % 1000} `, index);
    if (index % EVENTS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    if ((index + 1) % (events / 10) !== 0) continue;
    tenths.push((cpuMicros() - tenthBegan) / (events / 10));
    tenthBegan = cpuMicros();
  }
  run.succeedAsList();
  await Promise.all(ends);
  const seconds = (performance.now() - began) / 1000;
  const cpuMicrosPerEvent = (cpuMicros() - cpuBegan) / events;
  return { readers, eventsPerSecond: events / seconds, cpuMicrosPerEvent, tenths, bytes };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
