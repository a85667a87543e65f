// A million lines printed by a prediction, by itself and by a subprocess, all of them in its log. Beside them the same
// printing into a plain pipe that somebody only reads.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { costOf, predictionServersOnce, served } from '../subjects.ts';

const LINES = 1_000_000;
const WARM_LINES = 100_000;
const ROUNDS_MAX = 3;
const PIPE_MS = 60_000;
const line = (i: number) => `step ${i} of the whole`;

const WRITERS = {
  lines: {
    situation: 'console.log',
    command: [
      process.execPath,
      '-e',
      `for (let i = 0; i < ${LINES}; i++) console.log('step ' + i + ' of the whole')`,
    ],
  },
  subprocess: {
    situation: 'a subprocess',
    command: ['seq', '-f', 'step %.0f of the whole', '0', String(LINES - 1)],
  },
} as const;

export const LOGS: Scenario = {
  name: 'logs',
  title: 'A million lines of log',
  about:
    'One prediction prints, and its answer has to hold every line. `plain pipe` is the same printing by a program whose output somebody reads and does nothing else with.',
  async run(bench) {
    const rounds = Math.min(bench.rounds, ROUNDS_MAX);
    for (const work of ['lines', 'subprocess'] as const) {
      const { situation, command } = WRITERS[work];
      const servers = predictionServersOnce(bench).map((contender) =>
        served({
          name: contender.name,
          contender,
          options: { work, slots: 1 },
          prepare: async (server) => void (await printed(server, WARM_LINES)),
          measure: printedAll,
        }),
      );
      const pipe = {
        name: 'plain pipe',
        start: async () => ({ measure: () => throughPipe(command), stop: async () => {} }),
      };
      await sideBySide(bench, { scenario: 'logs', situation, subjects: [...servers, pipe], rounds });
    }
  },
};

async function printedAll(server: RunningContender): Promise<Round> {
  const { result, serverMicros, workerMicros } = await costOf(
    server,
    () => printed(server, LINES),
    () => LINES,
  );
  return { perSecond: LINES / (result.ms / 1_000), serverMicros, workerMicros };
}

/** Throws unless every line came back: nothing else in the answer is as long as a thousand lines. */
async function printed(server: RunningContender, count: number) {
  const answer = await call(server.url + server.path, { body: server.body({ count }) });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text.slice(0, 200)}`);
  if (answer.bytes < bytesOf(count) || !answer.text.includes(line(count - 1))) {
    const expected = bytesOf(count).toLocaleString('en');
    throw new Error(
      `the answer has ${answer.bytes.toLocaleString('en')} bytes, and its lines alone ${expected}`,
    );
  }
  return answer;
}

async function throughPipe([program, ...args]: readonly string[]): Promise<Round> {
  const began = performance.now();
  const child = spawn(program ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: PIPE_MS });
  let lines = 0;
  child.stdout.on('data', (piece: Buffer) => {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1;
  });
  await once(child, 'close');
  if (lines !== LINES) throw new Error(`${lines} lines came through the pipe`);
  return { perSecond: LINES / ((performance.now() - began) / 1_000) };
}

/** Of the lines in JSON, where each ends in two characters. */
function bytesOf(count: number): number {
  let digits = 0;
  for (let length = 1, from = 0, to = 10; from < count; length++, from = to, to *= 10) {
    digits += length * (Math.min(to, count) - from);
  }
  return digits + count * ('step  of the whole'.length + 2);
}
