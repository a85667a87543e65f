// Settings of the log on stderr.
import { CONFIG_DEFAULTS } from '../../config.ts';
import { COG } from '../cog-variables.ts';
import { oneOf } from '../flag-values.ts';
import { SERVE, type SettingsOf } from '../setting.ts';

export const logSettings: SettingsOf<'logFormat' | 'logLevel'> = {
  logFormat: {
    flag: '--log-format',
    metavar: 'FORMAT',
    variable: 'PAWL_LOG_FORMAT',
    inherited: COG.logFormat,
    kind: oneOf(['json', 'pretty']),
    fallback: CONFIG_DEFAULTS.logFormat,
    fallbackText: 'pretty on a terminal, else json',
    help: 'log lines on stderr: json or pretty',
    commands: SERVE,
  },
  logLevel: {
    flag: '--log-level',
    metavar: 'LEVEL',
    variable: 'PAWL_LOG_LEVEL',
    inherited: COG.logLevel,
    kind: oneOf(['debug', 'info', 'warn', 'error']),
    fallback: CONFIG_DEFAULTS.logLevel,
    fallbackText: CONFIG_DEFAULTS.logLevel,
    help: 'least important log line to write: debug, info, warn or error',
    commands: SERVE,
  },
};
