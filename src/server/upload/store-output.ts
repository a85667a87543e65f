// Outputs that stay on disk: what was spilled, and files that are shown as data URLs. Opened once, their names taken
// away, and read again whenever somebody is shown them.
import type { OutputFile, SpilledPayload } from '../../protocol/slot-messages.ts';
import { SharedFile } from '../payload/shared-file.ts';
import { type Piece, StoredValue } from '../payload/stored-value.ts';
import { type OpenOutput, openRegularFile } from './open-output.ts';

/** What clients see of a file: its URL, or the file itself as one. */
export type FileShown = string | StoredValue;

/** `head` and the file in base64. Takes over the handle. */
export async function storeDataUrl(
  head: string,
  { path, temporary }: OutputFile,
  { handle, size }: OpenOutput,
): Promise<StoredValue> {
  const file = await SharedFile.adopt(handle, path, temporary);
  return new StoredValue('text', [
    JSON.stringify(head).slice(1, -1),
    { file, from: 0, to: size, as: 'base64' },
  ]);
}

/** The spilled value, with `shown` in place of its files: what these hold is held by the value from then on. */
export async function storeSpilled(
  { path, places }: SpilledPayload,
  shown: readonly FileShown[],
): Promise<StoredValue> {
  const { handle, size } = await openRegularFile(path);
  const file = await SharedFile.adopt(handle, path, true);
  try {
    const first = Buffer.alloc(1);
    await file.fill(first, 0);
    const kind = first.toString() === '"' ? 'text' : 'json';
    await checkPlaces(file, places);
    return new StoredValue(kind, piecesOf({ file, size, kind }, inOrder(places, shown)));
  } catch (error) {
    file.release();
    throw error;
  }
}

async function checkPlaces(file: SharedFile, places: readonly number[]): Promise<void> {
  const found = Buffer.alloc(NULL_BYTES);
  for (const place of places) {
    await file.fill(found, place);
    if (found.toString() !== 'null') throw new Error(`it has no place for a file at byte ${place}`);
  }
}

interface Spilled {
  readonly file: SharedFile;
  readonly size: number;
  readonly kind: StoredValue['kind'];
}

type Placed = readonly [place: number, shown: FileShown];

const NULL_BYTES = 4;

function piecesOf({ file, size, kind }: Spilled, placed: readonly Placed[]): Piece[] {
  // Without the quotes around it, a text can also be shown as what it says.
  const quote = kind === 'text' ? 1 : 0;
  const end = size - quote;
  const pieces: Piece[] = [];
  let from = quote;
  for (const [place, shown] of placed) {
    if (place < from || place + NULL_BYTES > end)
      throw new Error(`it has no place for a file at byte ${place}`);
    pieces.push({ file, from, to: place, as: 'json' }, ...asJson(shown));
    from = place + NULL_BYTES;
  }
  pieces.push({ file, from, to: end, as: 'json' });
  return pieces;
}

function asJson(shown: FileShown): readonly Piece[] {
  if (typeof shown === 'string') return [JSON.stringify(shown)];
  return shown.kind === 'text' ? ['"', ...shown.pieces, '"'] : shown.pieces;
}

function inOrder(places: readonly number[], shown: readonly FileShown[]): Placed[] {
  if (places.length !== shown.length)
    throw new Error(`it has places for ${places.length} files, not for ${shown.length}`);
  const placed = shown.map((value, index): Placed => [places[index] ?? 0, value]);
  return placed.sort(([one], [other]) => one - other);
}
