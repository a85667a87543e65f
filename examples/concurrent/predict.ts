// Looks at web pages, up to eight at the same time in one worker: most of the work is waiting, and waiting needs no
// worker of its own. Each prediction still has its own log, its own cancel and its own metrics.
import { setTimeout } from 'node:timers/promises';
import { definePredictor } from 'pawl';
import { z } from 'zod';

// Shared by all predictions of this worker, like a model would be.
let running = 0;

export default definePredictor({
  concurrency: 8,
  input: z.object({
    url: z.url({ protocol: /^https?$/ }).describe('Address of the page'),
    tries: z.int().min(1).max(5).default(2).describe('How often to ask before giving up'),
  }),
  output: z.object({
    url: z.string(),
    title: z.string().nullable(),
    links: z.int(),
    bytes: z.int(),
    at_once: z.int().describe('How many predictions were running when this page had arrived'),
  }),

  async predict({ url, tries }, scope) {
    running += 1;
    try {
      const html = await load(url, tries, scope.signal);
      const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1]?.trim() ?? null;
      const links = html.match(/<a\s[^>]*href=/gi)?.length ?? 0;
      console.log(`${url} is called ${title ?? '(nothing)'}`);
      scope.metrics.record('links', links);
      return { url, title, links, bytes: Buffer.byteLength(html), at_once: running };
    } finally {
      running -= 1;
    }
  },
});

async function load(url: string, tries: number, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    // Eight of these are in flight; each line still lands in the log of the prediction that wrote it.
    console.log(`asking ${url} (${attempt} of ${tries})`);
    const response = await fetch(url, { signal });
    console.log(`${url} answered ${response.status}`);
    if (response.ok) return response.text();
    await response.body?.cancel();
    if (attempt === tries) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
    await setTimeout(100 * 2 ** attempt, undefined, { signal });
  }
}
