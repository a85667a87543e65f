// Reads the receipt that the example ships: the text is known, because the picture was rendered from it.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FileServer, serveFiles } from '../helpers/file-server.ts';
import { dataUrl, getPrediction, predict } from '../helpers/predictions.ts';
import { childrenOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const RECEIPT =
  'CORNER BAKERY 12 Mill Lane Rye bread 3.40 Apple tart 4.75 2 x Coffee 5.80 TOTAL 13.95 Thank you!';
const PERCENT_LINE = /^recognizing text: (\d+)%$/;

interface Reading {
  readonly text: string;
  readonly confidence: number;
  readonly words: readonly {
    text: string;
    confidence: number;
    box: Record<'x' | 'y' | 'width' | 'height', number>;
  }[];
}

const oneLine = (text: string) => text.split(/\s+/).join(' ').trim();

describe('examples/ocr', () => {
  let server: RunningServer;
  let files: FileServer;
  let picture: Buffer;
  beforeAll(async () => {
    picture = await readFile(new URL('../../examples/ocr/receipt.jpg', import.meta.url));
    files = await serveFiles({ '/receipt.jpg': { type: 'image/jpeg', body: picture } });
    server = await startServer('examples/ocr/predict.ts');
  });
  afterAll(async () => {
    await files?.close();
    await server?.stop();
  });

  it('reads the photograph from a data URL', async () => {
    const { status, body } = await predict(server.url, { image: dataUrl('image/jpeg', picture) });
    expect(status).toBe(200);
    expect(body.status).toBe('succeeded');
    const { text, confidence } = body.output as Reading;
    expect(oneLine(text)).toBe(RECEIPT);
    expect(confidence).toBeGreaterThan(80);
  });

  it('fetches the photograph from a URL', async () => {
    const { body } = await predict(server.url, { image: `${files.url}/receipt.jpg` });
    expect(oneLine((body.output as Reading).text)).toBe(RECEIPT);
  });

  it('places each word in the picture', async () => {
    const { body } = await predict(server.url, { image: dataUrl('image/jpeg', picture) });
    const { words } = body.output as Reading;
    expect(words.map((word) => word.text).join(' ')).toBe(RECEIPT);
    const place = (text: string) =>
      words.find((word) => word.text === text)?.box ?? expect.fail(`no ${text}`);
    // As a person sees it: the price right of its label, the total below the bread, all inside the picture.
    expect(place('13.95').x).toBeGreaterThan(place('TOTAL').x + place('TOTAL').width);
    expect(place('TOTAL').y).toBeGreaterThan(place('Rye').y + place('Rye').height);
    for (const { box } of words) {
      expect(Math.min(box.x, box.y)).toBeGreaterThan(0);
      expect(box.x + box.width).toBeLessThan(1200);
      expect(box.y + box.height).toBeLessThan(900);
    }
  });

  it('logs its progress, in order, up to the end', async () => {
    const { body } = await predict(server.url, { image: dataUrl('image/jpeg', picture) });
    const lines = (body.logs ?? '').split('\n');
    const percents = lines.flatMap((line) => PERCENT_LINE.exec(line)?.[1] ?? []).map(Number);
    expect(percents.length).toBeGreaterThan(3);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    expect(lines).toContain('found 19 words');
  });

  it('says so when the file is no picture, and reads the next one', async () => {
    const broken = await predict(server.url, { image: dataUrl('image/png', Buffer.from('not a picture')) });
    expect(broken.status).toBe(200);
    expect(broken.body.status).toBe('failed');
    expect(broken.body.error).toContain('the picture could not be read');
    const next = await predict(server.url, { image: dataUrl('image/jpeg', picture) });
    expect(oneLine((next.body.output as Reading).text)).toBe(RECEIPT);
  });

  it('stops a canceled reading, and reads the next one in the same worker', async () => {
    const workers = childrenOf(server.pid);
    const headers = { prefer: 'respond-async' };
    const started = await predict(server.url, { image: dataUrl('image/jpeg', picture) }, headers);
    expect(started.status).toBe(202);
    const { id } = started.body;
    const cancel = await fetch(`${server.url}/predictions/${id}/cancel`, { method: 'POST' });
    expect(cancel.status).toBe(200);
    const ended = await eventually('the prediction ends', async () => {
      const { body } = await getPrediction(server.url, id);
      return ['starting', 'processing'].includes(body.status) ? null : body;
    });
    expect(ended.status).toBe('canceled');
    expect(ended.output ?? null).toBeNull();

    const next = await eventually('the slot is free again', async () => {
      const answer = await predict(server.url, { image: dataUrl('image/jpeg', picture) });
      return answer.status === 409 ? null : answer;
    });
    expect(oneLine((next.body.output as Reading).text)).toBe(RECEIPT);
    expect(childrenOf(server.pid)).toEqual(workers);
  });

  it('refuses a language it has no data for', async () => {
    const { status } = await predict(server.url, { image: dataUrl('image/jpeg', picture), language: 'fra' });
    expect(status).toBe(422);
  });
});
