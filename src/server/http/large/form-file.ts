// The texts of a large form, in a file for the process that checks it, and read from there.
import { type FileHandle, open, rm } from 'node:fs/promises';
import { diskFailure } from '../../files/file-failure.ts';
import type { GivenPart, TextPart } from '../upload/form-part.ts';

/** A text lies between these bytes of the file. */
export type StoredPart =
  | { readonly name: string; readonly mediaType: string; readonly from: number; readonly to: number }
  | Exclude<GivenPart, TextPart>;

// So much at a time: the event loop is not to stand still for a text of many megabytes.
const SLICE_LENGTH = 256 * 1024;

/** Removes the file where it cannot be written. */
export async function writeForm(path: string, parts: readonly GivenPart[]): Promise<StoredPart[]> {
  try {
    await using handle = await open(path, 'wx', 0o600);
    const stored: StoredPart[] = [];
    let from = 0;
    for (const part of parts) {
      if (!('text' in part)) {
        stored.push(part);
        continue;
      }
      const { name, mediaType, text } = part;
      const to = from + (await write(handle, text));
      stored.push({ name, mediaType, from, to });
      from = to;
    }
    return stored;
  } catch (error) {
    await rm(path, { force: true });
    throw diskFailure(error);
  }
}

export function formIn(bytes: Buffer, parts: readonly StoredPart[]): GivenPart[] {
  return parts.map((part) => {
    if ('url' in part) return part;
    const { name, mediaType, from, to } = part;
    return { name, mediaType, text: bytes.toString('utf8', from, to) };
  });
}

/** How many bytes it took. */
async function write(handle: FileHandle, text: string): Promise<number> {
  let bytes = 0;
  for (let at = 0; at < text.length; ) {
    const end = sliceEnd(text, at + SLICE_LENGTH);
    const slice = Buffer.from(text.slice(at, end));
    await handle.appendFile(slice);
    bytes += slice.length;
    at = end;
  }
  return bytes;
}

/** Not between the halves of a surrogate pair. */
function sliceEnd(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end + 1 : end;
}
