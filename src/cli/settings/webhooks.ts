// Settings of webhooks. What is secret has no flag: a command line is there for everybody on the machine to read.
import { CONFIG_DEFAULTS } from '../../config.ts';
import { parseWebhookSecret } from '../../server/webhook/signature.ts';
import { COG } from '../cog-variables.ts';
import { inSeconds, seconds, type ValueKind } from '../flag-values.ts';
import { SERVE, type SettingsOf } from '../setting.ts';

const token: ValueKind<string> = {
  accepts: 'the printable ASCII text of a bearer token',
  parse: (text) => (/^[\x20-\x7e]+$/.test(text) ? text : undefined),
};

const secret: ValueKind<string> = {
  accepts: 'whsec_ and the base64 of 24 to 64 bytes, or another text that stands for itself',
  parse: (text) => (parseWebhookSecret(text) === null ? undefined : text),
};

export const webhookSettings: SettingsOf<'webhookIntervalMs' | 'webhookAuthToken' | 'webhookSecret'> = {
  webhookIntervalMs: {
    flag: '--webhook-interval',
    metavar: 'S',
    variable: 'PAWL_WEBHOOK_INTERVAL',
    inherited: COG.webhookIntervalMs,
    kind: seconds('zero allowed'),
    fallback: CONFIG_DEFAULTS.webhookIntervalMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.webhookIntervalMs),
    help: 'seconds between two webhooks about the progress of one prediction',
    commands: SERVE,
  },
  webhookAuthToken: {
    flag: null,
    metavar: null,
    variable: 'PAWL_WEBHOOK_AUTH_TOKEN',
    inherited: COG.webhookAuthToken,
    kind: token,
    fallback: CONFIG_DEFAULTS.webhookAuthToken,
    fallbackText: null,
    help: 'sent with webhooks as Authorization: Bearer',
    commands: SERVE,
    isSecret: true,
  },
  webhookSecret: {
    flag: null,
    metavar: null,
    variable: 'PAWL_WEBHOOK_SECRET',
    inherited: null,
    kind: secret,
    fallback: CONFIG_DEFAULTS.webhookSecret,
    fallbackText: null,
    help: 'signs webhooks as Standard Webhooks says',
    commands: SERVE,
    isSecret: true,
  },
};
