// Whether what was seen of a race is right. Pure: a plan and an account in, the violations out.
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../src/base/json.ts';
import { type Race, tagged, WAYS } from './race-plan.ts';

/** Everything that the server told of one prediction. */
export interface Account {
  /** A cancel was answered with the prediction. */
  acknowledged: boolean;
  /** How many times its end was told. */
  completed: number;
  /** Events after its end. */
  late: number;
  status: string;
  failure: string | null;
  output: Json | undefined;
  logs: string;
  readonly stdout: string[];
  readonly stderr: string[];
}

export function emptyAccount(): Account {
  return {
    acknowledged: false,
    completed: 0,
    late: 0,
    status: 'starting',
    failure: null,
    output: undefined,
    logs: '',
    stdout: [],
    stderr: [],
  };
}

export function judgeRace({ tag, way, moment }: Race, seen: Account): string[] {
  const expected = WAYS[way];
  const isCanceled = seen.acknowledged;
  const found = judgeEnd(seen, isCanceled ? 'canceled' : 'succeeded');
  if (moment === 'afterEnd' && isCanceled) found.push('a cancel after the end was acknowledged');
  const output = tagged(tag, expected.output);
  if (isCanceled ? !isPartOf(seen.output, output) : !isDeepStrictEqual(seen.output, output)) {
    found.push(`output ${JSON.stringify(seen.output)}, not ${JSON.stringify(output)}`);
  }
  const extra = 'whenCanceled' in expected && isCanceled ? expected.whenCanceled : [];
  for (const stream of ['stdout', 'stderr'] as const) {
    const texts = [...expected[stream], ...extra].map((text) => `${tag} ${text}`);
    const lines = linesOf(seen[stream]);
    if (isCanceled ? !isSubsequence(lines, texts) : !isDeepStrictEqual(lines, texts)) {
      found.push(`${stream} ${JSON.stringify(lines)}, not ${JSON.stringify(texts)}`);
    }
  }
  return found;
}

/** What a prediction that nobody cancels must give right after one that somebody did. */
export function judgeCanary(tag: string, seen: Account): string[] {
  const found = judgeEnd(seen, 'succeeded');
  const output = { tag, id: true, cancelable: true, waited: 'timed-out', idLater: true, aborted: false };
  if (!isDeepStrictEqual(seen.output, output)) found.push(`output ${JSON.stringify(seen.output)}`);
  if (seen.logs !== `${tag} canary\n`) found.push(`logs ${JSON.stringify(seen.logs)}`);
  return found.map((text) => `the next prediction: ${text}`);
}

function judgeEnd(seen: Account, status: string): string[] {
  const found: string[] = [];
  if (seen.completed !== 1) found.push(`its end was told ${seen.completed} times`);
  if (seen.late > 0) found.push(`${seen.late} events after its end`);
  if (seen.status !== status) found.push(`status ${seen.status} (${seen.failure}), not ${status}`);
  const told = [...seen.stdout, ...seen.stderr].join('').length;
  if (seen.logs.length !== told) found.push(`logs hold ${seen.logs.length} characters, ${told} were told`);
  return found;
}

function linesOf(texts: readonly string[]): string[] {
  const text = texts.join('');
  if (text === '') return [];
  // A last line without its end shows as one that matches nothing.
  return text.endsWith('\n') ? text.slice(0, -1).split('\n') : [`${text}(no newline)`];
}

function isPartOf(output: Json | undefined, whole: Json): boolean {
  if (output === undefined) return true;
  if (!Array.isArray(output) || !Array.isArray(whole)) return isDeepStrictEqual(output, whole);
  return isDeepStrictEqual(output, whole.slice(0, output.length));
}

function isSubsequence(lines: readonly string[], of: readonly string[]): boolean {
  let from = 0;
  return lines.every((line) => {
    from = of.indexOf(line, from) + 1;
    return from > 0;
  });
}
