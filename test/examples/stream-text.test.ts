// Sentences come one by one and in order, as one list and as an event stream.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const SENTENCES = [
  'Ada Lovelace met Charles Babbage on 5 June 1833.',
  'She loved his wonderful machine!',
  'He paid $25 for a terrible coffee.',
];

interface Sentence {
  readonly text: string;
  readonly sentiment: number;
  readonly entities: readonly { text: string; type: string }[];
}

describe('examples/stream-text', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('examples/stream-text/predict.ts');
  });
  afterAll(() => server?.stop());

  it('answers the sentences in their order, with what is in them', async () => {
    const { status, body } = await predict(server.url, { text: SENTENCES.join(' ') });
    expect(status).toBe(200);
    expect(body.status).toBe('succeeded');
    const output = body.output as Sentence[];
    expect(output.map(({ text }) => text)).toEqual(SENTENCES);
    expect(output[0]?.entities).toEqual([{ text: '5 June 1833', type: 'DATE' }]);
    expect(output[1]?.sentiment).toBeGreaterThan(0.3);
    expect(output[2]?.sentiment).toBeLessThan(-0.3);
    expect(output[2]?.entities).toEqual([{ text: '$25', type: 'MONEY' }]);
    expect(body.logs).toContain('3 sentences');
  });

  it('sends each sentence as an event of its own to a client that asks for a stream', async () => {
    const response = await fetch(`${server.url}/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ input: { text: SENTENCES.join(' ') } }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text()).split('\n\n').map(eventOf);
    const outputs = events.filter(({ event }) => event === 'output');
    expect(outputs).toHaveLength(SENTENCES.length);
    for (const [index, sentence] of SENTENCES.entries()) expect(outputs[index]?.data).toContain(sentence);
    const completed = events.findIndex(({ event }) => event === 'completed');
    expect(completed).toBeGreaterThan(events.findLastIndex(({ event }) => event === 'output'));
  });
});

function eventOf(block: string): { event: string | null; data: string | null } {
  return {
    event: /^event: ?(.*)$/m.exec(block)?.[1] ?? null,
    data: /^data: ?(.*)$/m.exec(block)?.[1] ?? null,
  };
}
