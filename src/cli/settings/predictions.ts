// Settings of a single prediction: how long it may take, how it is stopped, what it may fetch.
import { CONFIG_DEFAULTS } from '../../config.ts';
import { limit } from '../../limits.ts';
import { COG } from '../cog-variables.ts';
import { anyText, inSeconds, seconds } from '../flag-values.ts';
import { RUNNING, type SettingsOf } from '../setting.ts';

export const predictionSettings: SettingsOf<
  'predictTimeoutMs' | 'cancelGraceMs' | 'cancelTermMs' | 'cancelKillMs' | 'userAgent'
> = {
  predictTimeoutMs: {
    flag: '--predict-timeout',
    metavar: 'S',
    variable: 'PAWL_PREDICT_TIMEOUT',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.predictTimeoutMs,
    fallbackText: 'no limit',
    help: 'seconds that one prediction may run; then it is stopped like a canceled one, and fails',
    commands: RUNNING,
  },
  cancelGraceMs: {
    flag: '--cancel-grace',
    metavar: 'S',
    variable: 'PAWL_CANCEL_GRACE',
    inherited: null,
    kind: seconds('zero allowed'),
    fallback: CONFIG_DEFAULTS.cancelGraceMs,
    fallbackText: `${inSeconds(limit('cancelGraceMs'))}, ${inSeconds(limit('cancelGraceBlockedMs'))} where JavaScript blocks`,
    help: 'seconds from the abort signal to the interrupt and to SIGTERM for subprocesses',
    commands: RUNNING,
  },
  cancelTermMs: {
    flag: '--cancel-term',
    metavar: 'S',
    variable: 'PAWL_CANCEL_TERM',
    inherited: null,
    kind: seconds('zero allowed'),
    fallback: CONFIG_DEFAULTS.cancelTermMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.cancelTermMs),
    help: 'seconds from SIGTERM to SIGKILL for the subprocesses of a canceled prediction',
    commands: RUNNING,
  },
  cancelKillMs: {
    flag: '--cancel-kill',
    metavar: 'S',
    variable: 'PAWL_CANCEL_KILL',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.cancelKillMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.cancelKillMs),
    help: 'seconds from a cancel to the replacement of a worker that does not stop',
    commands: RUNNING,
  },
  userAgent: {
    flag: null,
    metavar: null,
    variable: 'PAWL_USER_AGENT',
    inherited: COG.userAgent,
    kind: anyText('the text of a User-Agent header'),
    fallback: CONFIG_DEFAULTS.userAgent,
    fallbackText: null,
    help: 'User-Agent header of input downloads',
    commands: RUNNING,
  },
};
