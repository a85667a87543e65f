// JSON of 1, 16 and 100 MiB in and out again, one request at a time: time, and the most memory that the server held.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Round, type Scenario, sideBySide } from '../bench.ts';
import type { Contender, RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { peakBytes } from '../process-usage.ts';
import { startProgram } from '../program-server.ts';
import { costOf, predictionServersOnce, served } from '../subjects.ts';

const MIB = 2 ** 20;
/** Of a body of 100 MiB at the most, which is what servers take, so much is left for what is around the items. */
const AROUND_BYTES = 1_024;
const ROUNDS_MAX = { 1: 3, 16: 5, 100: 2 } as const;
const ANSWER_MS = 30_000;
/** coglet prints numbers in its own way. */
const SAME_SHARE = 0.95;

export const JSON_SCENARIO: Scenario = {
  name: 'json',
  title: 'Large JSON in and out',
  about:
    'One request at a time, `items` in and `items` out. `parse-and-print` is a server with a worker process in which both parse the whole and print it again. Who fails at a size is not asked for a larger one.',
  async run(bench) {
    for (const mebibytes of [1, 16, 100] as const) await ofSize(bench, mebibytes);
  },
};

/** What one writes first: each process parses the whole and prints it again. */
const PARSE_AND_PRINT: Contender = {
  name: 'parse-and-print',
  what: 'node:http and a worker process; both parse the whole and print it again',
  works: ['json'],
  missing: async () => null,
  async serve() {
    const program = fileURLToPath(new URL('../programs/parse-and-print.mjs', import.meta.url));
    const server = await startProgram([process.execPath, path.normalize(program)]);
    return {
      ...server,
      path: '/predictions',
      body: (input) => JSON.stringify({ input }),
      output: (answer) => (answer as { output: unknown }).output,
    };
  },
};

async function ofSize(bench: Bench, mebibytes: 1 | 16 | 100): Promise<void> {
  const bytes = mebibytes * MIB - AROUND_BYTES;
  const items = itemsOf(bytes);
  // Who fails at a size is not asked for a larger one, which would only take longer.
  const hasFailed = (name: string) =>
    bench.failures.some((one) => one.scenario === 'json' && one.subject === name);
  const able = predictionServersOnce(bench).filter(({ name }) => !hasFailed(name));
  const servers = [...able, PARSE_AND_PRINT];
  const subjects = servers.map((contender) =>
    served({
      name: contender.name,
      contender,
      options: { work: 'json', slots: 1 },
      measure: (server) => thereAndBack(server, items),
    }),
  );
  const rounds = Math.min(bench.rounds, ROUNDS_MAX[mebibytes]);
  await sideBySide(bench, { scenario: 'json', situation: `${mebibytes} MiB`, subjects, rounds });
}

async function thereAndBack(server: RunningContender, items: string): Promise<Round> {
  const body = Buffer.from(`{"input":{"items":${items}}}`);
  const { result, serverMicros, workerMicros } = await costOf(
    server,
    () => call(server.url + server.path, { body, deadlineMs: ANSWER_MS }),
    () => 1_000,
  );
  if (
    result.status !== 200 ||
    result.bytes < items.length * SAME_SHARE ||
    !/"status": ?"succeeded"/.test(result.text)
  ) {
    throw new Error(
      `${result.status}, ${result.bytes} bytes for ${items.length}: ${result.text.slice(0, 200)}`,
    );
  }
  return {
    ms: result.ms,
    serverCpuMs: serverMicros,
    workerCpuMs: workerMicros,
    serverPeakMiB: peakBytes(server.pid) / MIB,
  };
}

/** An array in JSON of about so many bytes, and never more. */
function itemsOf(bytes: number): string {
  const parts: string[] = [];
  let length = 2;
  for (let i = 0; ; i++) {
    const item = {
      index: i,
      name: `item number ${i}`,
      score: i / 7,
      tags: ['one', 'two'],
      isNew: i % 2 === 0,
    };
    const text = JSON.stringify(item);
    length += text.length + 1;
    if (length > bytes) return `[${parts.join(',')}]`;
    parts.push(text);
  }
}
