// One prediction, driven by hand, and readers of its event stream.
import { createParser } from 'eventsource-parser';
import { silentLogger } from '../../../../src/base/log.ts';
import type { Prediction } from '../../../../src/server/prediction/prediction.ts';
import type { EventReader } from '../../../../src/server/stream/event-reader.ts';
import { EventStreams } from '../../../../src/server/stream/event-streams.ts';
import { STREAMING } from '../../../helpers/fake-server.ts';
import { scriptedService, submission } from '../../../helpers/service.ts';

export interface SetUp {
  /** `--stream-history`. */
  readonly events?: number;
  readonly bytes?: number;
  readonly graceMs?: number;
  /** Created by a request for its events, whose reader is `first`. */
  readonly forReaders?: boolean;
}

export async function streamedPrediction({
  events = 1_000,
  bytes = 1_000_000,
  graceMs = 5_000,
  forReaders = false,
}: SetUp = {}) {
  const { fleet, clock, service } = scriptedService({ capacity: 1, streamHistory: { events, bytes } });
  fleet.becomeReady(STREAMING);
  const streams = new EventStreams({ clock, log: silentLogger, graceMs });
  let first: EventReader | null = null;
  const onCreated = (created: Prediction) => {
    if (forReaders) first = streams.openFirst(created);
  };
  const prediction = await service.submit(submission('p', { onCreated }));
  const open = (lastEventId: string | null = null): EventReader =>
    existing(streams.open(prediction, lastEventId));
  return { clock, service, streams, prediction, run: fleet.run, open, first: () => existing(first) };
}

function existing(reader: EventReader | null): EventReader {
  if (reader === null) throw new Error('there is no reader');
  return reader;
}

export interface Seen {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
}

/** What a client gets that reads as fast as it can. */
export class Client {
  readonly seen: Seen[] = [];
  text = '';
  readonly #parser = createParser({
    onEvent: ({ id, event, data }) => void this.seen.push({ id, event, data: JSON.parse(data) }),
  });
  readonly #reader: EventReader;

  constructor(reader: EventReader) {
    this.#reader = reader;
    reader.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  get types(): (string | undefined)[] {
    return this.seen.map(({ event }) => event);
  }

  get lastId(): string | null {
    return this.seen.findLast(({ id }) => id !== undefined)?.id ?? null;
  }

  get hasEnded(): boolean {
    return this.#reader.readableEnded;
  }

  leave(): void {
    this.#reader.destroy();
  }

  #take(chunk: Buffer): void {
    this.text += chunk.toString();
    this.#parser.feed(chunk.toString());
  }
}

/** Lets what is due in this turn of the event loop happen, and what follows from it. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
