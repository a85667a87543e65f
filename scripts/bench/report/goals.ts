// What Pawl is to reach, each goal a list of conditions on medians of per-round ratios or on medians. Pure.
import { type Place, type Recording, ratioOf, valuesOf } from '../recording.ts';
import { type Spread, spread } from '../statistics.ts';
import { short } from './short.ts';

type Condition = readonly ['≥' | '≤', number];

interface Part {
  readonly of: Place;
  /** What it is divided by; nothing where the figure itself is the goal. */
  readonly by?: Place;
  readonly is: Condition;
  readonly label: string;
}

interface Goal {
  readonly what: string;
  readonly parts: readonly Part[];
  /** What it would take to reach it, where that is known. */
  readonly takes?: string;
}

export interface Judged {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly verdict: 'reached' | 'not reached' | 'not measured';
  readonly takes: string | null;
}

const OURS = 'pawl';
const place = (scenario: string, situation: string, figure: string, subject = OURS): Place => {
  return { scenario, situation, figure, subject };
};
const against = (base: string, of: Place, is: Condition, label: string): Part => {
  return { of, by: { ...of, subject: base }, is, label };
};
const small = (connections: number, figure: string) => place('small', `c=${connections}`, figure);
const throughput = (peer: string, least: number): Goal => ({
  what: `throughput of small predictions, to ${peer}`,
  parts: [8, 64].map((c) => against(peer, small(c, 'perSecond'), ['≥', least], `c=${c}`)),
});
const STREAM = '100,000 chunks, one reader';
const logs = (situation: string) => place('logs', situation, 'perSecond');

export const GOALS: readonly Goal[] = [
  throughput('coglet', 3),
  throughput('coglet-tmpfs', 2),
  throughput('LitServe', 4),
  throughput('BentoML', 4),
  {
    what: 'the same with one client, to coglet',
    parts: [against('coglet', small(1, 'perSecond'), ['≥', 1.5], 'c=1')],
  },
  ...(['p50', 'p99'] as const).map((percentile) => ({
    what: `${percentile} latency, to coglet`,
    ...(percentile === 'p99' && {
      takes:
        'Ten times a second one client’s request waits while a helper thread of V8 has the processor on which the main thread was woken: it keeps it for a tick of the scheduler, 4 ms. wrk counts such a wait once for each request that it kept from being sent, so that p99 is a share of the time. The server collects its young generation without helpers; what is left are the compiler, which goes on for tens of thousands of requests, concurrent marking, and the worker’s own collections, which belong to user code. It would take a third processor, or code that V8 need not compile again.',
    }),
    parts: [1, 8].map((c) => against('coglet', small(c, `${percentile}Micros`), ['≤', 0.5], `c=${c}`)),
  })),
  {
    what: 'throughput to Fastify with no worker',
    takes:
      'Server, worker and load generator share the processors, so that the CPU of all three counts. The server’s is the next line.',
    parts: [
      against('fastify', small(8, 'perSecond'), ['≥', 0.65], 'c=8'),
      against('fastify', small(64, 'perSecond'), ['≥', 0.7], 'c=64'),
    ],
  },
  {
    what: 'CPU of the server for one prediction, to Fastify with no worker',
    takes:
      'Under 64 clients, of the server’s CPU: 24 % writing the answer, with its system call, as Fastify does; 10 % from the body to the line for the worker; 6 % parsing the two lines that come back, 4 % printing the answer, 5 % collecting garbage. The rest is Node’s HTTP and its streams, as in the floor, and reading and writing slot sockets. 17 KB are allocated for a prediction, 7 of them in Node’s HTTP, and 1.3 KB survive. It would take one line in place of the two, whose output goes as text from the worker into the answer, and small predictions answered without Fastify, which costs 8 to 16 µs; together about a quarter, which leaves the goal open.',
    parts: [8, 64].map((c) => against('fastify', small(c, 'serverMicros'), ['≤', 1.5], `c=${c}`)),
  },
  {
    what: 'streamed small chunks, to coglet',
    parts: [against('coglet', place('sse', STREAM, 'perSecond'), ['≥', 3], '')],
  },
  {
    what: 'streamed small chunks, events a second inside the server',
    parts: [{ of: place('sse', 'inside the server', 'perSecond'), is: ['≥', 1_000_000], label: '' }],
  },
  {
    what: 'first event of a stream, ms',
    parts: [{ of: place('sse', STREAM, 'firstMs'), is: ['≤', 5], label: '' }],
  },
  ...['console.log', 'a subprocess'].map((writer) => ({
    what: `lines of log by ${writer}, all attributed, to a plain pipe`,
    ...(writer === 'a subprocess' && {
      takes:
        'The subprocess writes into a pipe here and there alike, and printing a million lines takes `seq` 0.25 to 0.4 s of CPU where nobody reads, which is more than 1.5× leaves. What is ours takes 0.2 s in the worker and 0.32 s in the server beside it, a third of that for collecting garbage, all while it prints, on two processors that the client shares. It would take a third processor, or lines that reach the server as bytes, are checked as bytes, and become text only for who reads the stream.',
    }),
    parts: [against('plain pipe', logs(writer), ['≥', 1.5], '')],
  })),
  ...['console.log', 'a subprocess'].map((writer) => ({
    what: `lines of log by ${writer}, all attributed, to coglet`,
    parts: [against('coglet', logs(writer), ['≥', 2], '')],
  })),
  {
    what: '100 MiB of JSON in and out, peak memory of the server, MiB',
    parts: [{ of: place('json', '100 MiB', 'serverPeakMiB'), is: ['≤', 130], label: '' }],
  },
  {
    what: '100 MiB file output, peak memory of the server, MiB',
    parts: [
      { of: place('files', 'data URL', 'serverPeakMiB'), is: ['≤', 130], label: 'data URL' },
      { of: place('files', 'uploaded', 'serverPeakMiB'), is: ['≤', 90], label: 'uploaded' },
    ],
  },
  {
    what: '16 MiB of JSON in and out, time, to parse-and-print-again',
    takes:
      'One after the other, in CPU: the body is scanned and, where the schema asks for types only, not parsed (90 to 135 ms, and 150 where the process that does it has to be started), the worker parses it (120 ms, and as much again for collecting garbage), asks whether the output is JSON (25 ms), and prints it (140 ms). It would take a worker that parses while the check goes on, or a scan in native code.',
    parts: [against('parse-and-print', place('json', '16 MiB', 'ms'), ['≤', 0.5], '')],
  },
  {
    what: 'cost of the 100,000th chunk and line, to the first ones',
    parts: [
      { of: place('growth', 'chunks with a line of log each', 'lastToFirst'), is: ['≤', 1.25], label: '' },
    ],
  },
  {
    what: 'idle resident memory, MiB',
    takes:
      'Of the worker 44 MiB are pages of the node binary and its libraries, which the server shares; a bare Node has 35 of them, and 7 of its own. The rest is two heaps: 20 MiB and 10, of which half is in use. To collect both once nobody waits takes 9 MiB off the first and 3 off the second, but gc() does that from Node 22 on only; in Node 20 it would take a call of V8’s in the addon, and a look at what the first prediction pays for code that was thrown away. zod in one script would take off 7 MiB, as it does for TypeScript, and it would take a hook for imports, which Node 20 has in a thread of its own only.',
    parts: [
      { of: place('memory', 'idle, one slot', 'serverIdleMiB'), is: ['≤', 70], label: 'server' },
      { of: place('memory', 'idle, one slot', 'workerIdleMiB'), is: ['≤', 60], label: 'worker' },
    ],
  },
  {
    what: 'start to READY, hello in TypeScript, to bare `node -e 0`',
    takes:
      'CPU is what is left: 350 ms in both processes, 230 less than before, of which two starts of Node are 70; a bare one takes 35. The worker waits for the server to have its program from the code cache (12 ms) and parts of Node (7). It would take Fastify and its libraries in a script of their own, loaded after the worker was told its predictor, and an I/O thread that starts before that. esbuild, a process of its own, takes 20 to 30 ms of CPU beside it.',
    parts: [
      {
        of: place('cold-start', 'hello predictor', 'ms', 'pawl, TypeScript'),
        by: place('cold-start', 'hello predictor', 'ms', 'node -e 0'),
        is: ['≤', 3.3],
        label: '',
      },
    ],
  },
];

/** Every goal, in the order of the table. */
export function judge(recording: Recording): Judged[] {
  return GOALS.map(({ what, parts, takes }) => {
    const values = parts.map((part) => measuredOf(recording, part));
    const isKnown = values.every((value) => value !== null);
    const isReached = parts.every((part, i) => holds(values[i]?.median ?? Number.NaN, part.is));
    return {
      what,
      goal: goalText(parts),
      measured: parts.map((part, i) => labelled(part, shown(part, values[i] ?? null))).join(', '),
      verdict: !isKnown ? 'not measured' : isReached ? 'reached' : 'not reached',
      takes: takes ?? null,
    };
  });
}

function measuredOf(recording: Recording, { of, by }: Part): Spread | null {
  if (by !== undefined) return ratioOf(recording, of, by);
  const values = valuesOf(recording, of);
  return values === null ? null : spread(values);
}

function holds(value: number, [sign, bound]: Condition): boolean {
  return sign === '≥' ? value >= bound : value <= bound;
}

function goalText(parts: readonly Part[]): string {
  const texts = parts.map((part) => `${part.is[0]} ${part.is[1].toLocaleString('en')}${unit(part)}`);
  if (new Set(texts).size === 1) return texts[0] ?? '';
  return parts.map((part, i) => labelled(part, texts[i] ?? '')).join(', ');
}

/** The median, and how far apart the rounds were. */
function shown(part: Part, value: Spread | null): string {
  if (value === null) return '–';
  const print = (one: number) => (part.by === undefined ? short(one) : one.toFixed(2));
  const { median, min, max } = value;
  return `${print(median)}${unit(part)}${min === max ? '' : ` (${print(min)}–${print(max)})`}`;
}

function labelled({ label }: Part, text: string): string {
  return label === '' ? text : `${label}: ${text}`;
}

function unit({ by }: Part): string {
  return by === undefined ? '' : '×';
}
