// Settings of the URLs that clients name: where input files may come from and webhooks may go.
import { CONFIG_DEFAULTS } from '../../config.ts';
import { URL_ACCESS } from '../../net/url-rules.ts';
import { hostPatterns, oneOf } from '../flag-values.ts';
import { RUNNING, type SettingsOf } from '../setting.ts';

export const urlSettings: SettingsOf<'urlAccess' | 'urlHosts'> = {
  urlAccess: {
    flag: '--url-access',
    metavar: 'WHICH',
    variable: 'PAWL_URL_ACCESS',
    inherited: null,
    kind: oneOf(URL_ACCESS),
    fallback: CONFIG_DEFAULTS.urlAccess,
    fallbackText: CONFIG_DEFAULTS.urlAccess,
    help: 'URLs that inputs and webhooks may name: any, public (on the Internet, and those of --url-hosts) or listed (those only)',
    commands: RUNNING,
  },
  urlHosts: {
    flag: '--url-hosts',
    metavar: 'HOSTS',
    variable: 'PAWL_URL_HOSTS',
    inherited: null,
    kind: hostPatterns,
    fallback: CONFIG_DEFAULTS.urlHosts,
    fallbackText: 'none',
    help: 'hosts that --url-access public or listed allows, wherever they are',
    commands: RUNNING,
  },
};
