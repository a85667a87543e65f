// data: URLs (RFC 2397) to bytes: base64 or percent-encoded, with any parameters.
import { mediaTypeEssence } from '../../../base/file-name.ts';
import { percentDecoded } from '../../../base/percent-decoded.ts';
import { SourceFailure, tooLarge } from './source-failure.ts';

export interface DataUrl {
  /** Without parameters. */
  readonly mediaType: string;
  /** The parameter `name`, as its sender gave it; null where there is none. */
  readonly name: string | null;
  readonly bytes: Buffer;
}

const DEFAULT_MEDIA_TYPE = 'text/plain';
const PERCENT = 0x25;

/** @throws SourceFailure when it is malformed or holds more than `bytesMax`. */
export function decodeDataUrl(url: string, bytesMax: number): DataUrl {
  const comma = url.indexOf(',');
  if (comma === -1) throw new SourceFailure('it has no comma between its media type and its data');
  const header = url.slice('data:'.length, comma);
  const isBase64 = /;\s*base64\s*$/i.test(header);
  const body = url.slice(comma + 1);
  // Three bytes of percent-encoding and four characters of base64 (never below 3/4) give at least this much.
  const bytesMin = isBase64 && !body.includes('%') ? Math.floor(body.length / 4) * 3 - 2 : body.length / 3;
  if (bytesMin > bytesMax) throw tooLarge(bytesMax);
  const bytes = isBase64 ? fromBase64(body) : percentDecode(body);
  if (bytes === null) throw new SourceFailure('its data is not valid base64; encode the whole file again');
  if (bytes.length > bytesMax) throw tooLarge(bytesMax);
  return { mediaType: mediaTypeEssence(header) ?? DEFAULT_MEDIA_TYPE, name: nameIn(header), bytes };
}

/** No part of the standard, but what many clients send: `data:image/png;name=my%20cat.png;base64,…`. */
function nameIn(header: string): string | null {
  const [, given = ''] = /;\s*name=([^;]*)/i.exec(header) ?? [];
  const name = percentDecoded(given.trim().replace(/^"(.*)"$/s, '$1'));
  return name === '' ? null : name;
}

/** Both alphabets, padding optional, white space allowed. Null where anything else occurs: Buffer would skip it. */
function fromBase64(text: string): Buffer | null {
  const decoded = text.includes('%') ? percentDecode(text).toString('latin1') : text;
  const compact = /\s/.test(decoded) ? decoded.replaceAll(/\s+/g, '') : decoded;
  if (/[^A-Za-z0-9+/_=-]/.test(compact)) return null;
  const padding = compact.indexOf('=');
  const digits = padding === -1 ? compact.length : padding;
  const paddingLength = compact.length - digits;
  if (digits % 4 === 1 || paddingLength > 2) return null;
  if (paddingLength > 0 && (compact.length % 4 !== 0 || /[^=]/.test(compact.slice(digits)))) return null;
  return Buffer.from(compact, 'base64');
}

/**
 * A `%` without two hex digits stands for itself, as in the URL standard. So does `#`: there it would end the data,
 * but cutting a hand-written SVG at its first colour serves nobody.
 */
function percentDecode(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  let to = bytes.indexOf(PERCENT);
  if (to === -1) return bytes;
  for (let from = to; from < bytes.length; from++, to++) {
    const byte = bytes[from] ?? 0;
    const high = byte === PERCENT ? hexDigit(bytes[from + 1]) : -1;
    const low = high === -1 ? -1 : hexDigit(bytes[from + 2]);
    bytes[to] = low === -1 ? byte : high * 16 + low;
    if (low !== -1) from += 2;
  }
  return bytes.subarray(0, to);
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
