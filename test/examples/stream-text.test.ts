// Sentences come in order, each with what is in it.
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

  it('refuses a text that is empty', async () => {
    const { status, body } = await predict(server.url, { text: '' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ detail: [{ loc: ['body', 'input', 'text'] }] });
  });
});
