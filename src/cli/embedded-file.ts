// A file output as the server hands it over without an upload target: a base64 data URL.
import { extensionOfMediaType, safeFileName, withExtension } from '../base/file-name.ts';
import { percentDecoded } from '../base/percent-decoded.ts';

export interface EmbeddedFile {
  /** A safe file name with an extension; `output` where the predictor gave none. */
  readonly name: string;
  bytes(): Buffer;
}

// A header is short, a name of 200 bytes percent-encoded included; looking further would cost a scan of every long text.
const HEADER_MAX = 1024;
const UNNAMED = 'output';

/** null: an ordinary string. */
export function embeddedFile(text: string): EmbeddedFile | null {
  if (!text.startsWith('data:')) return null;
  const comma = text.slice(0, HEADER_MAX).indexOf(',');
  const [, mediaType, parameters = ''] =
    /^data:([^;,]*)((?:;[^;,]*)*);base64$/.exec(text.slice(0, Math.max(0, comma))) ?? [];
  if (mediaType === undefined) return null;
  const [, given = ''] = /;name=([^;]*)/.exec(parameters) ?? [];
  return {
    name: fileName(percentDecoded(given), mediaType),
    bytes: () => Buffer.from(text.slice(comma + 1), 'base64'),
  };
}

function fileName(given: string, mediaType: string): string {
  const safe = safeFileName(given.split(/[/\\]/).at(-1) ?? '', UNNAMED);
  if (safe === UNNAMED) return `${UNNAMED}${extensionOfMediaType(mediaType) ?? '.bin'}`;
  return withExtension(safe, mediaType);
}
