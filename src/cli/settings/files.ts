// Settings of the files that come in and go out.
import { formatBytes } from '../../base/format-bytes.ts';
import { CONFIG_DEFAULTS } from '../../config.ts';
import { bytes, httpUrl, inSeconds, seconds } from '../flag-values.ts';
import { RUNNING, SERVE, type SettingsOf } from '../setting.ts';

const FILE_BYTES_MAX = 2 ** 40;

export const fileSettings: SettingsOf<
  'inputFileBytesMax' | 'downloadMs' | 'storedBytesMax' | 'fileRetentionMs' | 'uploadUrl' | 'uploadMs'
> = {
  inputFileBytesMax: {
    flag: '--max-input-bytes',
    metavar: 'N',
    variable: 'PAWL_MAX_INPUT_BYTES',
    inherited: null,
    kind: bytes(FILE_BYTES_MAX),
    fallback: CONFIG_DEFAULTS.inputFileBytesMax,
    fallbackText: formatBytes(CONFIG_DEFAULTS.inputFileBytesMax),
    help: 'largest input file, however it comes',
    commands: [...RUNNING, 'doctor'],
  },
  downloadMs: {
    flag: '--download-timeout',
    metavar: 'S',
    variable: 'PAWL_DOWNLOAD_TIMEOUT',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.downloadMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.downloadMs),
    help: 'seconds for the download of one input file',
    commands: RUNNING,
  },
  storedBytesMax: {
    flag: '--max-stored-bytes',
    metavar: 'N',
    variable: 'PAWL_MAX_STORED_BYTES',
    inherited: null,
    kind: bytes(FILE_BYTES_MAX),
    fallback: CONFIG_DEFAULTS.storedBytesMax,
    fallbackText: formatBytes(CONFIG_DEFAULTS.storedBytesMax),
    help: 'room for all uploaded files together',
    commands: SERVE,
  },
  fileRetentionMs: {
    flag: '--file-retention',
    metavar: 'S',
    variable: 'PAWL_FILE_RETENTION',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.fileRetentionMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.fileRetentionMs),
    help: 'seconds that a file of POST /files stays',
    commands: SERVE,
  },
  uploadUrl: {
    flag: '--upload-url',
    metavar: 'URL',
    variable: 'PAWL_UPLOAD_URL',
    inherited: null,
    kind: httpUrl,
    fallback: CONFIG_DEFAULTS.uploadUrl,
    fallbackText: 'none: output files are data URLs',
    help: 'where output files are put, by PUT to URL/ID/UNIQUE/NAME; the answer to a client holds their URLs',
    commands: SERVE,
  },
  uploadMs: {
    flag: '--upload-timeout',
    metavar: 'S',
    variable: 'PAWL_UPLOAD_TIMEOUT',
    inherited: null,
    kind: seconds('above zero'),
    fallback: CONFIG_DEFAULTS.uploadMs,
    fallbackText: inSeconds(CONFIG_DEFAULTS.uploadMs),
    help: 'seconds for one try to upload an output file',
    commands: SERVE,
  },
};
