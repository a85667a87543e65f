// Settings of the HTTP side of `pawl serve`.
import { formatBytes } from '../../base/format-bytes.ts';
import { CONFIG_DEFAULTS } from '../../config.ts';
import { limit } from '../../limits.ts';
import { COG } from '../cog-variables.ts';
import { anyText, bytes, inSeconds, origins, seconds, wholeNumber } from '../flag-values.ts';
import { SERVE, type SettingsOf } from '../setting.ts';

const RETENTION_MAX = 1_000_000;
// A JSON body becomes one string, and V8's strings end a little above this.
const BODY_BYTES_MAX = 500 * 2 ** 20;

export const httpSettings: SettingsOf<
  | 'host'
  | 'port'
  | 'corsOrigins'
  | 'authTokenFile'
  | 'readinessFile'
  | 'bodyBytesMax'
  | 'requestMs'
  | 'queue'
  | 'retention'
> = {
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
  corsOrigins: {
    flag: '--cors-origin',
    metavar: 'ORIGIN',
    variable: 'PAWL_CORS_ORIGIN',
    inherited: null,
    kind: origins,
    fallback: CONFIG_DEFAULTS.corsOrigins,
    fallbackText: 'none',
    help: 'origins whose web pages may use the API, separated by commas; * allows every page',
    commands: SERVE,
  },
  authTokenFile: {
    flag: '--auth-token-file',
    metavar: 'F',
    variable: 'PAWL_AUTH_TOKEN_FILE',
    inherited: null,
    kind: anyText('the path of a file with a bearer token on each line'),
    fallback: CONFIG_DEFAULTS.authTokenFile,
    fallbackText: 'everybody may do everything',
    help: 'file of bearer tokens, one a line, # for comments; without one of them a client gets 401, except from the health check and the probes; a change is noticed, unless it leaves no token',
    commands: SERVE,
  },
  readinessFile: {
    flag: '--readiness-file',
    metavar: 'F',
    variable: 'PAWL_READINESS_FILE',
    inherited: COG.readinessFile,
    kind: anyText('the path of a file'),
    fallback: CONFIG_DEFAULTS.readinessFile,
    fallbackText: 'none; /var/run/cog/ready inside Kubernetes',
    help: 'file that exists while the server takes predictions and healthcheck() is content, for a probe that looks for it',
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
  requestMs: {
    flag: '--request-timeout',
    metavar: 'S',
    variable: 'PAWL_REQUEST_TIMEOUT',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.requestMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.requestMs),
    help: 'seconds a client has to send one whole request, body included',
    commands: SERVE,
  },
  queue: {
    flag: '--queue',
    metavar: 'N',
    variable: 'PAWL_QUEUE',
    inherited: null,
    kind: wholeNumber({ min: 0, max: limit('queueMax') }),
    fallback: CONFIG_DEFAULTS.queue,
    fallbackText: String(CONFIG_DEFAULTS.queue),
    help: 'predictions that may wait for a slot, first come, first served; 0 answers 409 at once',
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
