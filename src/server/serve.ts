// The public way to host a server in another program. Options are the flags of `pawl serve` in camelCase.

import { findPredictor } from '../cli/predictor-reference.ts';
import type { FlagTexts } from '../cli/read-config.ts';
import { readConfig, readSetting } from '../cli/read-config.ts';
import { SETTING_KEYS, SETTINGS } from '../cli/settings.ts';
import type { Config } from '../config.ts';
import { PawlError } from '../errors.ts';
import { createApp } from './app.ts';
import { createEngine } from './engine.ts';

export interface ServeOptions {
  /** `path/to/file[:Export]`, as on the command line. */
  readonly predictor?: string;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** As the flag: separated by commas. */
  readonly corsOrigin?: string;
  readonly workers?: number;
  readonly concurrency?: number;
  /** Seconds, as are all times here. */
  readonly setupTimeout?: number;
  readonly cancelKill?: number;
  readonly shutdownGrace?: number;
  readonly streamGrace?: number;
  /** Past events that a reader still gets. */
  readonly streamHistory?: number;
  readonly maxInputBytes?: number;
  readonly maxStoredBytes?: number;
  readonly fileRetention?: number;
  readonly uploadUrl?: string;
  readonly uploadTimeout?: number;
  readonly maxBodyBytes?: number;
  readonly downloadTimeout?: number;
  readonly requestTimeout?: number;
  readonly authTokenFile?: string;
  readonly readinessFile?: string;
  readonly webhookInterval?: number;
  readonly urlAccess?: Config['urlAccess'];
  readonly urlHosts?: readonly string[];
  readonly restart?: Config['restart'];
  readonly workDir?: string;
  readonly queue?: number;
  readonly retention?: number;
  readonly mode?: Config['mode'];
  readonly logFormat?: Config['logFormat'];
  readonly logLevel?: Config['logLevel'];
}

export interface Server {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Resolves when setup has succeeded, rejects when it has failed. */
  readonly ready: Promise<void>;
  /** Resolves when the server has stopped, also by POST /shutdown. */
  readonly closed: Promise<void>;
  /** Drains, then stops everything the server has started. */
  close(): Promise<void>;
}

/** Resolves once the server listens; setup goes on. Installs no signal handlers. */
export async function serve(options: ServeOptions): Promise<Server> {
  const config = configOf(options);
  const app = createApp(createEngine(config));
  const url = await app.start();
  const { fleet, service } = app.engine;
  const ready = fleet.settledStart().then(() => {
    const refusal = service.readiness();
    if (refusal !== null) throw refusal;
  });
  // Somebody who never asks for `ready` has not asked for a crash either; GET /health-check tells the same.
  ready.catch(() => {});
  return { url, ready, closed: app.closed, close: () => app.close() };
}

function configOf({ predictor, ...options }: ServeOptions): Config {
  const flags: { -readonly [K in keyof FlagTexts]: FlagTexts[K] } = {};
  for (const [name, value] of Object.entries(options)) {
    const key = SETTING_KEYS.find((candidate) => camelCase(SETTINGS[candidate].flag) === name);
    if (key === undefined) throw new PawlError('PAWL_USAGE', `serve() has no option ${name}.`);
    if (value !== undefined) flags[key] = String(value);
  }
  const sources = {
    command: 'serve' as const,
    flags,
    environment: process.env,
    stderrIsTerminal: process.stderr.isTTY === true,
  };
  const { value: mode } = readSetting('mode', sources);
  return readConfig(sources, findPredictor(predictor, mode, process.env)).value;
}

function camelCase(flag: string | null): string | null {
  return flag?.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) ?? null;
}
