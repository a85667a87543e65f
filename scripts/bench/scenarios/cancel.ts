// From the request that cancels a prediction to the answer that says so.
import { setTimeout as pause } from 'node:timers/promises';
import { type Round, type Scenario, sideBySide } from '../bench.ts';
import type { RunningContender } from '../contender.ts';
import { call } from '../http-call.ts';
import { median } from '../statistics.ts';
import { INPUT, predictionServersOnce, served } from '../subjects.ts';

const CANCELS = 10;
const RUNS_MS = 10_000;

export const CANCEL: Scenario = {
  name: 'cancel',
  title: 'Cancel',
  about:
    "From the cancel request to the answer of the prediction's own request, median of ten each round. Pawl runs with `--cancel-grace 0`: how long code may go on by itself is a setting.",
  async run(bench) {
    for (const work of ['wait', 'spin'] as const) {
      const subjects = predictionServersOnce(bench).map((contender) =>
        served({
          name: contender.name,
          contender,
          // How long code may go on by itself is a setting here, and not the time that stopping it takes.
          options: {
            work,
            slots: 1,
            args: contender.name.startsWith('coglet') ? [] : ['--cancel-grace', '0'],
          },
          measure: cancelSome,
        }),
      );
      const situation = work === 'wait' ? 'code that waits' : 'code that never gives way';
      await sideBySide(bench, { scenario: 'cancel', situation, subjects });
    }
  },
};

async function cancelSome(server: RunningContender, round: number): Promise<Round> {
  const times: number[] = [];
  for (let i = 0; i < CANCELS; i++) times.push(await cancelOne(server, `cancel-${round}-${i}`));
  return { ms: median(times), worstMs: Math.max(...times) };
}

async function cancelOne(server: RunningContender, id: string): Promise<number> {
  const answered = start(server, id);
  answered.catch(() => {}); // awaited below; what fails first is reported
  // Both servers call a prediction `processing` when its code has been called.
  await pause(50);
  const began = performance.now();
  const { status } = await call(`${server.url}/predictions/${id}/cancel`);
  if (status !== 200) throw new Error(`the cancel was answered ${status}`);
  const { text } = await answered;
  if (!/"status": ?"canceled"/.test(text)) throw new Error(`it ended otherwise: ${text.slice(0, 200)}`);
  return performance.now() - began;
}

/** coglet frees its one slot some time after its answer. */
async function start(server: RunningContender, id: string) {
  const began = performance.now();
  for (;;) {
    const body = JSON.stringify({ id, input: INPUT });
    const answer = await call(server.url + server.path, { body });
    if (answer.status !== 409 || performance.now() - began > RUNS_MS) return answer;
    await pause(5);
  }
}
