// The one table of settings: flag, variables, what they accept, default and help of each. Commands, --help,
// docs/reference/configuration.md and the messages for bad usage all read it; nothing else knows a flag's name.
import type { SettingKey, SettingsOf } from './setting.ts';
import { fileSettings } from './settings/files.ts';
import { httpSettings } from './settings/http.ts';
import { logSettings } from './settings/logs.ts';
import { predictionSettings } from './settings/predictions.ts';
import { streamSettings } from './settings/streams.ts';
import { urlSettings } from './settings/urls.ts';
import { webhookSettings } from './settings/webhooks.ts';
import { workerSettings } from './settings/workers.ts';

export const SETTINGS: SettingsOf<SettingKey> = {
  ...httpSettings,
  ...workerSettings,
  ...predictionSettings,
  ...webhookSettings,
  ...urlSettings,
  ...streamSettings,
  ...fileSettings,
  ...logSettings,
};

// In the order of the table, which is the order of --help and of the reference page.
export const SETTING_KEYS = Object.keys(SETTINGS).filter((key): key is SettingKey =>
  Object.hasOwn(SETTINGS, key),
);
