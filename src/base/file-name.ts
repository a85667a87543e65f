// Names and media types of files that come in and go out: always a single safe path segment of bounded length.
import mime from 'mime';

/** Room for a number before the name and a suffix after it: common file systems allow 255 bytes. */
const NAME_BYTES_MAX = 200;
/** A longer "extension" is part of the name, not a type that anybody looks for. */
const EXTENSION_BYTES_MAX = 32;

/** `name` as one path segment: no slash, no control character, never `.`, `..` or empty, at most 200 bytes with the extension kept. */
export function safeFileName(name: string, fallback: string): string {
  const flat = name.toWellFormed().replaceAll(/[/\p{Cc}]/gu, '_');
  if (flat === '' || flat === '.' || flat === '..') return fallback;
  return cut(flat, '');
}

/** The first of `name`, `stem-2.ext`, `stem-3.ext` … that is not in `used`; it is added there. */
export function uniqueFileName(name: string, used: Set<string>): string {
  let candidate = name;
  // Case is folded: some file systems take `A.png` and `a.png` for the same file.
  for (let n = 2; used.has(candidate.toLowerCase()); n++) candidate = cut(name, `-${n}`);
  used.add(candidate.toLowerCase());
  return candidate;
}

/** The extension with its dot, or an empty string. A leading dot makes no extension. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1) return '';
  const extension = name.slice(dot);
  return Buffer.byteLength(extension) > EXTENSION_BYTES_MAX ? '' : extension;
}

/** The media type that the extension stands for; null where it tells nothing. */
export function mediaTypeOfName(name: string): string | null {
  const extension = extensionOf(name);
  return extension === '' ? null : mime.getType(extension);
}

/** The usual extension of a media type, with its dot; null where there is none. */
export function extensionOfMediaType(mediaType: string): string | null {
  const extension = mime.getExtension(mediaType);
  return extension === null ? null : `.${extension}`;
}

/** The name with the usual extension of its media type, where it has none of its own. */
export function withExtension(name: string, mediaType: string): string {
  if (extensionOf(name) !== '') return name;
  const extension = extensionOfMediaType(mediaType);
  return extension === null ? name : safeFileName(`${name}${extension}`, name);
}

/** `image/png` of `Image/PNG; q=1`; null where it is no media type. */
export function mediaTypeEssence(mediaType: string): string | null {
  const essence = (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(essence) ? essence : null;
}

/** Inserts `suffix` before the extension; `~` there marks that characters were dropped to stay in the limit. */
function cut(name: string, suffix: string): string {
  const extension = extensionOf(name);
  const stem = name.slice(0, name.length - extension.length);
  const room = NAME_BYTES_MAX - Buffer.byteLength(extension) - suffix.length;
  if (Buffer.byteLength(stem) <= room) return `${stem}${suffix}${extension}`;
  const bytes = Buffer.from(stem).subarray(0, room - 1);
  // A cut inside a character leaves an incomplete sequence, which decodes to U+FFFD at the very end.
  const kept = bytes.toString('utf8').replace(/\uFFFD+$/, '');
  return `${kept}~${suffix}${extension}`;
}
