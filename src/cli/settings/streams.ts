// Settings of event streams.
import { CONFIG_DEFAULTS } from '../../config.ts';
import { COG, STREAM_HISTORY_MAX } from '../cog-variables.ts';
import { inSeconds, seconds, wholeNumber } from '../flag-values.ts';
import { SERVE, type SettingsOf } from '../setting.ts';

export const streamSettings: SettingsOf<'streamGraceMs' | 'streamHistoryEvents'> = {
  streamGraceMs: {
    flag: '--stream-grace',
    metavar: 'S',
    variable: 'PAWL_STREAM_GRACE',
    inherited: null,
    kind: seconds('zero allowed'),
    fallback: CONFIG_DEFAULTS.streamGraceMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.streamGraceMs),
    help: 'seconds that a prediction created as an event stream goes on without a reader; then it is canceled',
    commands: SERVE,
  },
  streamHistoryEvents: {
    flag: '--stream-history',
    metavar: 'N',
    variable: 'PAWL_STREAM_HISTORY',
    inherited: COG.streamHistoryEvents,
    kind: wholeNumber({ min: 0, max: STREAM_HISTORY_MAX }),
    fallback: CONFIG_DEFAULTS.streamHistoryEvents,
    fallbackText: String(CONFIG_DEFAULTS.streamHistoryEvents),
    help: 'past events that a reader who comes late, or again, still gets; 0 for none',
    commands: SERVE,
  },
};
