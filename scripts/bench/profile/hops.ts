// Which part of a prediction's way a function belongs to. What Node and packages do counts for the part of Pawl that
// called it. Pure.
import { type Frame, IDLE } from './stacks.ts';

/** Of a thread: `server`, and the two of the worker. */
export type Role = 'server' | 'io' | 'model';

type Rule = readonly [hop: string, pattern: RegExp];

/** The first that fits, the nearest caller first. */
const RULES: Readonly<Record<Role, readonly Rule[]>> = {
  server: [
    [
      'checks of request and input',
      /\/dist\/server\/prediction\/input-|\/node_modules\/ajv|json-position|prediction-request/,
    ],
    ['slot socket', /\/dist\/server\/slot\/|\/dist\/protocol\//],
    ['control channel and supervision', /\/dist\/server\/supervisor\/|\/dist\/server\/health\//],
    [
      'prediction: admission, state, events',
      /\/dist\/server\/(?:prediction|stream|webhook|observe|files|upload|replicate)\//,
    ],
    [
      'HTTP',
      /\/dist\/server\/http\/|\/node_modules\/(?:fastify|@fastify|find-my-way|avvio|pino)|^node:(?:_http|internal\/http)/,
    ],
  ],
  io: [
    ['I/O thread: captured output', /\/dist\/worker\/io\/(?:capture|captured|line|log)/],
    ['I/O thread: slot socket and control channel', /\/dist\/worker\/io\/|\/dist\/protocol\//],
    ['between the threads', /messageport|internal\/worker|worker_threads/],
  ],
  model: [
    ['user code', /\/programs\/predictors/],
    [
      'model thread: input, its schema',
      /\/dist\/worker\/model\/(?:input|schema)\/|\/node_modules\/(?:zod|valibot|arktype|ajv)/,
    ],
    ['model thread: run, output', /\/dist\/worker\/|\/dist\/predictor\/|\/dist\/native\//],
    ['between the threads', /messageport|internal\/worker|worker_threads/],
  ],
};
const NOT_JAVASCRIPT: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'outside JavaScript: system calls, V8'],
]);
const REST = "Node's event loop and streams";

/** Microseconds of one thread by hop, waiting left out. */
export function timeByHop(role: Role, root: Frame): Map<string, number> {
  const times = new Map<string, number>();
  const visit = (frame: Frame, inherited: string) => {
    if (frame.name === IDLE) return;
    const hop = hopOf(role, frame) ?? inherited;
    if (frame.selfMicros > 0) times.set(hop, (times.get(hop) ?? 0) + frame.selfMicros);
    for (const child of frame.children) visit(child, hop);
  };
  visit(root, REST);
  return times;
}

function hopOf(role: Role, { name, url }: Frame): string | null {
  return NOT_JAVASCRIPT.get(name) ?? RULES[role].find(([, pattern]) => pattern.test(url))?.[0] ?? null;
}
