// Event streams read by the `eventsource` package, the browser's API, over connections that break.
import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, cuttingProxy } from '../helpers/cutting-proxy.ts';
import { EventClient } from '../helpers/event-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const TYPES = ['start', 'log', 'output', 'metric', 'gap', 'completed'] as const;

interface Followed {
  readonly source: EventSource;
  readonly types: string[];
  readonly chunks: unknown[];
}

const sources: EventSource[] = [];

function follow(url: string): Followed {
  const source = new EventSource(url);
  sources.push(source);
  const followed: Followed = { source, types: [], chunks: [] };
  for (const type of TYPES) {
    source.addEventListener(type, ({ data }) => {
      followed.types.push(type);
      if (type === 'output') followed.chunks.push((JSON.parse(data) as { chunk: unknown }).chunk);
    });
  }
  return followed;
}

describe('an EventSource', () => {
  let server: RunningServer;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    // Long enough for a machine that is busy.
    const args = ['--stream-grace', '60'];
    server = await startServer('test/fixtures/predictors/streams.mjs', { args });
    proxy = await cuttingProxy(server.url);
  });
  afterEach(() => {
    for (const source of sources.splice(0)) source.close();
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  it('follows a prediction over connections that break: each event once, in order, and no cancel', async () => {
    // Created for its readers, and left to the EventSource: coming back in time is what keeps it.
    const creator = await EventClient.create(server.url, { count: 400, pace: 5 }, 'broken');
    const followed = follow(`${proxy.url}/predictions/broken/stream`);
    await eventually('the first chunks', () => (followed.chunks.length > 20 ? true : null));
    await creator.leave();
    for (let cuts = 1; cuts <= 2; cuts++) {
      const before = followed.chunks.length;
      proxy.cut();
      await eventually('chunks over a new connection', () =>
        followed.chunks.length > before && proxy.taken > cuts ? true : null,
      );
    }
    await eventually('the end', () => (followed.types.at(-1) === 'completed' ? true : null));
    expect(followed.chunks).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(followed.types.filter((type) => type !== 'output')).toEqual(['start', 'completed']);
  });

  it('stops coming back when it has seen the end', async () => {
    const client = await EventClient.create(server.url, { count: 2 }, 'done');
    await client.completed();
    const followed = follow(`${server.url}/predictions/done/stream`);
    await eventually('it closes by itself', () =>
      followed.source.readyState === EventSource.CLOSED ? true : null,
    );
    expect(followed.types).toEqual(['start', 'output', 'output', 'completed']);
  });
});
