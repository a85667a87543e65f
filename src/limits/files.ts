// Limits of the files that come in and go out.
import { bytes, count, GiB, KiB, type Limit, MiB, ms } from './limit.ts';

export const FILE_LIMITS = {
  inputFileBytesMax: bytes(
    1 * GiB,
    'A larger input file fails the prediction, or its upload with 413; what was received is removed.',
    '--max-input-bytes',
  ),
  storedFilesMax: count(
    10_000,
    'A further upload takes the place of the oldest stored file that is not in use; without one it is answered 507.',
  ),
  storedBytesMax: bytes(
    10 * GiB,
    'An upload beyond this takes the place of the oldest stored files not in use; without them it is answered 507.',
    '--max-stored-bytes',
  ),
  storedFileFreshMs: ms(60_000, 'A stored file younger than this never makes room for another.'),
  storedFileMs: ms(24 * 3_600_000, 'A file of POST /files expires and is removed.', '--file-retention'),
  fileMetadataBytesMax: bytes(4 * KiB, 'A file of POST /files with more `metadata` is answered 413.'),
  formPartsMax: count(1_000, 'A form with more parts is answered 413.'),
  formHeaderBytesMax: bytes(16 * KiB, 'A form with a part whose headers are larger is answered 400.'),
  downloadMs: ms(
    60_000,
    'An input file that takes longer, all tries and pauses together, fails the prediction.',
    '--download-timeout',
  ),
  downloadsParallelMax: count(8, 'Further input files of a prediction wait their turn.'),
  uploadMs: ms(300_000, 'A try to upload an output file that takes longer fails.', '--upload-timeout'),
  uploadStallMs: ms(
    30_000,
    'A try to upload an output file fails when the server takes or says nothing for this long.',
  ),
  transferTriesMax: count(
    5,
    'An input file that so many tries could not fetch, or an output file that they could not upload, fails the prediction.',
  ),
  transferRetryMs: ms(250, 'First pause before a download or upload is tried again; it doubles each time.'),
  transferRetryMsMax: ms(10_000, 'Longest pause between two tries of a download or upload.'),
  transferRetryAfterMsMax: ms(
    60_000,
    'A longer Retry-After of the server of an input file or of an upload is cut to this.',
  ),
  uploadsParallelMax: count(4, 'Further output files of a prediction wait for their upload.'),
  commandFileBytesMax: bytes(
    256 * MiB,
    'A larger file after `-i name=@` or `--json` of `pawl predict` is refused; a URL can name it.',
  ),
} as const satisfies Record<string, Limit>;
