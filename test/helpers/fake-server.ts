// The whole server but its workers and its socket: requests are injected, predictions are driven by hand.
import type { InjectOptions, Response } from 'light-my-request';
import type { JsonObject } from '../../src/base/json.ts';
import { silentLogger } from '../../src/base/log.ts';
import { CONFIG_DEFAULTS, type Config } from '../../src/config.ts';
import { type App, createApp } from '../../src/server/app.ts';
import { createEngine, type EngineParts } from '../../src/server/engine.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedFleet } from './scripted-fleet.ts';

export interface FakeServer {
  readonly app: App;
  readonly fleet: ScriptedFleet;
  readonly clock: ManualClock;
  /** What was logged, as `level message`. */
  readonly logged: string[];
  /** Resolves with the answer. */
  ask(request: InjectOptions): Promise<Response>;
  /** Sends a request that will wait, and resolves once its prediction runs. */
  begin(request: InjectOptions): Promise<{ readonly answer: Promise<Response> }>;
}

export interface FakeServerOptions {
  readonly config?: Partial<Config>;
  readonly capacity?: number;
  /** Null leaves the fleet in `starting`. */
  readonly document?: JsonObject | null;
  readonly has?: { train?: boolean; healthcheck?: boolean };
  readonly connectionLimits?: Parameters<typeof createApp>[1];
  /** In place of what is made here. */
  readonly parts?: EngineParts;
}

export function fakeServer(options: FakeServerOptions = {}): FakeServer {
  const fleet = new ScriptedFleet(options.capacity ?? 1);
  const clock = new ManualClock();
  const logged: string[] = [];
  const note = (level: string) => (_fields: object, message: string) =>
    void logged.push(`${level} ${message}`);
  const log = { ...silentLogger, warn: note('warn'), error: note('error'), flush: () => {} };
  const config: Config = {
    ...CONFIG_DEFAULTS,
    predictorPath: '/predict.ts',
    workDir: '/nowhere',
    ...options.config,
  };
  const engine = createEngine(config, { fleet, clock, log, ...options.parts });
  const app = createApp(engine, options.connectionLimits);
  if (options.document !== null) fleet.becomeReady(options.document ?? {}, options.has);
  const ask = (request: InjectOptions) => Promise.resolve(app.http.inject(request));
  const begin = async (request: InjectOptions) => {
    const before = fleet.slots.runs.length;
    const answer = ask(request);
    for (let turn = 0; fleet.slots.runs.length === before; turn++) {
      if (turn > 1_000) throw new Error(`no prediction began: ${(await answer).payload}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { answer };
  };
  return { app, fleet, clock, logged, ask, begin };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): InjectOptions {
  return {
    method: 'POST',
    url,
    payload: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

export function put(url: string, body: unknown, headers: Record<string, string> = {}): InjectOptions {
  return { ...post(url, body, headers), method: 'PUT' };
}

/** A document whose Input is this schema, as a worker reports it. */
export function documentWith(input: JsonObject, schemas: JsonObject = {}): JsonObject {
  return { openapi: '3.1.0', components: { schemas: { Input: input, ...schemas } } };
}

/** As a worker reports a predictor that does not say `streaming: false`. */
export const STREAMING: JsonObject = { paths: { '/predictions': { post: { 'x-cog-streaming': true } } } };
