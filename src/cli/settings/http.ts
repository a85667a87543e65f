// Settings of the HTTP side of `pawl serve`.
import { CONFIG_DEFAULTS } from '../../config.ts';
import { COG } from '../cog-variables.ts';
import { anyText, bytes, formatBytes, wholeNumber } from '../flag-values.ts';
import { SERVE, type SettingsOf } from '../setting.ts';

const RETENTION_MAX = 1_000_000;
// A JSON body becomes one string, and V8's strings end a little above this.
const BODY_BYTES_MAX = 500 * 2 ** 20;

export const httpSettings: SettingsOf<'host' | 'port' | 'bodyBytesMax' | 'retention'> = {
  host: {
    flag: '--host',
    metavar: 'HOST',
    variable: 'PAWL_HOST',
    inherited: null,
    kind: anyText('an IP address or a host name of this machine'),
    fallback: CONFIG_DEFAULTS.host,
    fallbackText: CONFIG_DEFAULTS.host,
    help: 'address to listen on',
    commands: SERVE,
  },
  port: {
    flag: '--port',
    metavar: 'PORT',
    variable: 'PAWL_PORT',
    inherited: COG.port,
    kind: wholeNumber({ min: 0, max: 65_535 }),
    fallback: CONFIG_DEFAULTS.port,
    fallbackText: String(CONFIG_DEFAULTS.port),
    help: 'port to listen on; 0 takes a free one',
    commands: SERVE,
  },
  bodyBytesMax: {
    flag: '--max-body-bytes',
    metavar: 'N',
    variable: 'PAWL_MAX_BODY_BYTES',
    inherited: null,
    kind: bytes(BODY_BYTES_MAX),
    fallback: CONFIG_DEFAULTS.bodyBytesMax,
    fallbackText: formatBytes(CONFIG_DEFAULTS.bodyBytesMax),
    help: 'largest request body',
    commands: SERVE,
  },
  retention: {
    flag: '--retention',
    metavar: 'N',
    variable: 'PAWL_RETENTION',
    inherited: null,
    kind: wholeNumber({ min: 0, max: RETENTION_MAX }),
    fallback: CONFIG_DEFAULTS.retention,
    fallbackText: String(CONFIG_DEFAULTS.retention),
    help: 'finished predictions that stay known; 0 forgets them at once',
    commands: SERVE,
  },
};
