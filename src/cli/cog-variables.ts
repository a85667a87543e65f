// Variables of Cog's that Pawl honours, read with Cog's meaning and leniency: a value Cog would warn about is a
// warning here too, and the server starts. PAWL_* variables and flags are strict and live in settings.ts.
import type { Config } from '../config.ts';
import { limit } from '../limits.ts';
import { SECONDS_MAX, wholeNumber } from './flag-values.ts';

export interface Inherited<T> {
  readonly value: T;
  /** Why the text was not taken as it stands; null when it was. */
  readonly warning: string | null;
}

export interface InheritedVariable<T> {
  readonly name: string;
  /** What it accepts, for the reference page. */
  readonly accepts: string;
  /** null: refused, as bad usage. Only where going on would be worse, as with a wrong port. */
  read(text: string): Inherited<T> | null;
}

export type Environment = { readonly [name: string]: string | undefined };

/** What a variable names when REF is not given. */
export const REFERENCE_VARIABLES = {
  predict: 'COG_PREDICT_TYPE_STUB',
  train: 'COG_TRAIN_TYPE_STUB',
} as const;

/** More would be kept by none of its readers: the bytes run out before. */
export const STREAM_HISTORY_MAX = 1_000_000;

const taken = <T>(value: T): Inherited<T> => ({ value, warning: null });

const port: InheritedVariable<Config['port']> = {
  name: 'PORT',
  accepts: wholeNumber({ min: 0, max: 65_535 }).accepts,
  read: (text) => {
    const value = wholeNumber({ min: 0, max: 65_535 }).parse(text.trim());
    return value === undefined ? null : taken(value);
  },
};

const concurrency: InheritedVariable<Config['concurrency']> = {
  name: 'COG_MAX_CONCURRENCY',
  accepts: `a whole number from 1 to ${limit('slotsPerWorkerMax')}; anything else means 1, with a warning`,
  read: (text) => {
    const value = wholeNumber({ min: 1, max: limit('slotsPerWorkerMax') }).parse(text.trim());
    return value === undefined
      ? { value: 1, warning: 'is not a number of predictions that can run at a time; 1 is used' }
      : taken(value);
  },
};

const setupTimeoutMs: InheritedVariable<Config['setupTimeoutMs']> = {
  name: 'COG_SETUP_TIMEOUT',
  accepts: 'whole seconds above 0; anything else means no limit, with a warning',
  read: (text) => {
    const value = wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER / 1000 }).parse(text.trim());
    return value === undefined
      ? {
          value: null,
          warning: 'is not a whole number of seconds above 0; setup may take as long as it likes',
        }
      : taken(value * 1000);
  },
};

const streamHistoryEvents: InheritedVariable<Config['streamHistoryEvents']> = {
  name: 'COG_STREAM_HISTORY_CAPACITY',
  accepts: `a whole number from 0; anything else means ${limit('streamHistoryEvents')}, with a warning`,
  read: (text) => {
    const value = wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).parse(text.trim());
    const usual = limit('streamHistoryEvents');
    return value === undefined
      ? { value: usual, warning: `is not a number of events; ${usual} is used` }
      : taken(Math.min(value, STREAM_HISTORY_MAX));
  },
};

const logLevel: InheritedVariable<Config['logLevel']> = {
  name: 'COG_LOG_LEVEL',
  accepts: 'debug, info, warn, warning or error; anything else means info, with a warning',
  read: (text) => {
    const word = text.trim().toLowerCase();
    if (word === 'warning') return taken('warn');
    if (word === 'debug' || word === 'info' || word === 'warn' || word === 'error') return taken(word);
    return { value: 'info', warning: 'is none of debug, info, warn and error; info is used' };
  },
};

const logFormat: InheritedVariable<Config['logFormat']> = {
  name: 'LOG_FORMAT',
  accepts: 'console for pretty; anything else means json',
  read: (text) => taken(text === 'console' ? 'pretty' : 'json'),
};

// Cog's own place for it, wherever Kubernetes shows itself.
const readinessFile: InheritedVariable<Config['readinessFile']> = {
  name: 'KUBERNETES_SERVICE_HOST',
  accepts: 'any text: inside Kubernetes the file is `/var/run/cog/ready`',
  read: () => taken('/var/run/cog/ready'),
};

const weights: InheritedVariable<Config['weights']> = {
  name: 'COG_WEIGHTS',
  accepts: 'any text',
  read: (text) => taken(text),
};

const userAgent: InheritedVariable<Config['userAgent']> = {
  name: 'COG_USER_AGENT',
  accepts: 'any text',
  read: (text) => taken(text),
};

/** The floating-point numbers that Cog takes there, infinity and not-a-number included. */
const FLOAT = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

const webhookIntervalMs: InheritedVariable<Config['webhookIntervalMs']> = {
  name: 'COG_THROTTLE_RESPONSE_INTERVAL',
  accepts: `seconds; less than 0 means 0, and what is no number ${limit('webhookIntervalMs') / 1000}, with a warning`,
  read: (text) => {
    if (!FLOAT.test(text)) {
      const ms = limit('webhookIntervalMs');
      return { value: ms, warning: `is no number of seconds; ${ms / 1000} is used` };
    }
    const seconds = /inf/i.test(text) ? Number.POSITIVE_INFINITY : Number(text);
    if (Number.isNaN(seconds) || text.startsWith('-')) return taken(0);
    return taken(Math.min(Math.trunc(seconds * 1000), SECONDS_MAX * 1000));
  },
};

const webhookAuthToken: InheritedVariable<Config['webhookAuthToken']> = {
  name: 'WEBHOOK_AUTH_TOKEN',
  accepts: 'printable ASCII text; anything else is not sent, with a warning',
  read: (text) =>
    /^[\x20-\x7e]+$/.test(text)
      ? taken(text)
      : { value: null, warning: 'cannot be the value of a header; webhooks are sent without it' },
};

export const COG = {
  port,
  concurrency,
  setupTimeoutMs,
  streamHistoryEvents,
  logLevel,
  logFormat,
  readinessFile,
  weights,
  userAgent,
  webhookIntervalMs,
  webhookAuthToken,
} as const;
