// A file output as the server hands it over without an upload target: a base64 data URL.

export interface EmbeddedFile {
  readonly mediaType: string;
  bytes(): Buffer;
}

// A header is short; looking further would cost a scan of every long text output.
const HEADER_MAX = 256;

/** null: an ordinary string. */
export function embeddedFile(text: string): EmbeddedFile | null {
  if (!text.startsWith('data:')) return null;
  const comma = text.slice(0, HEADER_MAX).indexOf(',');
  const [, mediaType] = /^data:([^;,]*)(?:;[^;,]*)*;base64$/.exec(text.slice(0, Math.max(0, comma))) ?? [];
  if (mediaType === undefined) return null;
  return { mediaType, bytes: () => Buffer.from(text.slice(comma + 1), 'base64') };
}
