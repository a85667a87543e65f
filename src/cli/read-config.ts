// Flags, PAWL_* and COG_* variables to one Config. Flags win over PAWL_*, which win over COG_*. Reads no file and
// starts nothing; what it is given decides alone.
import type { Config } from '../config.ts';
import type { Environment, Inherited } from './cog-variables.ts';
import type { PredictorReference } from './predictor-reference.ts';
import type { CommandName, Setting, SettingKey } from './setting.ts';
import { SETTINGS } from './settings.ts';
import { quoted, usageError } from './usage-error.ts';

/** What the command line said: the text after a flag, true for a switch. */
export type FlagTexts = { readonly [K in SettingKey]?: string | true };

export interface Sources {
  readonly command: CommandName;
  readonly flags: FlagTexts;
  readonly environment: Environment;
  readonly stderrIsTerminal: boolean;
}

export interface Reading<T> {
  readonly value: T;
  readonly warnings: readonly string[];
}

export function readConfig(sources: Sources, predictor: PredictorReference): Reading<Config> {
  const warnings: string[] = [];
  const read = <K extends SettingKey>(key: K): Config[K] => {
    const reading = readSetting(key, sources);
    warnings.push(...reading.warnings);
    return reading.value;
  };
  const value: Config = {
    predictorPath: predictor.path,
    predictorExport: predictor.exportName,
    mode: read('mode'),
    host: read('host'),
    port: read('port'),
    corsOrigins: read('corsOrigins'),
    workers: read('workers'),
    concurrency: read('concurrency'),
    setupTimeoutMs: read('setupTimeoutMs'),
    predictTimeoutMs: read('predictTimeoutMs'),
    cancelGraceMs: read('cancelGraceMs'),
    cancelTermMs: read('cancelTermMs'),
    cancelKillMs: read('cancelKillMs'),
    streamGraceMs: read('streamGraceMs'),
    streamHistoryEvents: read('streamHistoryEvents'),
    shutdownGraceMs: read('shutdownGraceMs'),
    inputFileBytesMax: read('inputFileBytesMax'),
    bodyBytesMax: read('bodyBytesMax'),
    storedBytesMax: read('storedBytesMax'),
    fileRetentionMs: read('fileRetentionMs'),
    downloadMs: read('downloadMs'),
    uploadUrl: read('uploadUrl'),
    uploadMs: read('uploadMs'),
    requestMs: read('requestMs'),
    authTokenFile: read('authTokenFile'),
    readinessFile: read('readinessFile'),
    restart: read('restart'),
    workDir: read('workDir'),
    queue: read('queue'),
    retention: read('retention'),
    awaitExplicitShutdown: read('awaitExplicitShutdown'),
    logFormat: read('logFormat'),
    logLevel: read('logLevel'),
    weights: read('weights'),
    userAgent: read('userAgent'),
    webhookIntervalMs: read('webhookIntervalMs'),
    webhookAuthToken: read('webhookAuthToken'),
    webhookSecret: read('webhookSecret'),
    urlAccess: read('urlAccess'),
    urlHosts: read('urlHosts'),
  };
  if (value.urlHosts.length > 0 && value.urlAccess === 'any') {
    throw usageError('--url-hosts needs --url-access public or listed: with any, every host is allowed.');
  }
  return { value, warnings };
}

/** One setting alone: `serve` needs the mode before it knows which variable may name the predictor. */
export function readSetting<K extends SettingKey>(key: K, sources: Sources): Reading<Config[K]> {
  const setting: Setting<Config[K]> = SETTINGS[key];
  if (!setting.commands.includes(sources.command)) return plain(setting.fallback);
  const flag = sources.flags[key];
  if (flag === true) return plain(strict(setting, 'true', setting.flag ?? setting.variable));
  if (flag !== undefined) return plain(strict(setting, flag, setting.flag ?? setting.variable));
  const own = sources.environment[setting.variable];
  // An empty variable counts as unset: compose files and shells leave them behind.
  if (own !== undefined && own !== '') return plain(strict(setting, own, setting.variable));
  const inherited = setting.inherited === null ? undefined : sources.environment[setting.inherited.name];
  if (setting.inherited !== null && inherited !== undefined && inherited !== '') {
    const { name, accepts } = setting.inherited;
    const reading = setting.inherited.read(inherited) ?? refuse(name, accepts, shown(setting, inherited));
    return lenient(name, shown(setting, inherited), reading);
  }
  if (key === 'logFormat' && sources.stderrIsTerminal) return plain(strict(setting, 'pretty', key));
  return plain(setting.fallback);
}

function plain<T>(value: T): Reading<T> {
  return { value, warnings: [] };
}

function lenient<T>(name: string, text: string | null, { value, warning }: Inherited<T>): Reading<T> {
  return {
    value,
    warnings: warning === null ? [] : [`${name}${text === null ? '' : `=${text}`} ${warning}.`],
  };
}

function strict<T>(setting: Setting<T>, text: string, name: string): T {
  return setting.kind.parse(text) ?? refuse(name, setting.kind.accepts, shown(setting, text));
}

function refuse(name: string, accepts: string, text: string | null): never {
  throw usageError(
    `${name} takes ${accepts}${text === null ? '; its value is something else' : `, not ${text}`}.`,
  );
}

/** The text as a message may show it. */
function shown<T>(setting: Setting<T>, text: string): string | null {
  return setting.isSecret === true ? null : quoted(text);
}
