// Identifiers of predictions: which ones a client may choose, and how the server makes its own.
import { randomFillSync } from 'node:crypto';
import { asPredictionId, type PredictionId } from '../../protocol/ids.ts';

const ALLOWED = /^[A-Za-z0-9._~-]{1,128}$/;
// RFC 4648, lower case.
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const UUID_BYTES = 16;
const POOL_BYTES = 256 * UUID_BYTES;

export const ID_RULE = 'must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ - and neither `.` nor `..`';

/** Null where a client may not use the text as an id: it ends up in URLs and file names. */
export function predictionId(text: string): PredictionId | null {
  return ALLOWED.test(text) && text !== '.' && text !== '..' ? asPredictionId(text) : null;
}

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** A UUIDv7 (RFC 9562) as 26 base32 characters: unguessable, and sorted by time. */
export function generatePredictionId(nowMs: number): PredictionId {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += UUID_BYTES;
  pool.writeUIntBE(Math.max(0, Math.floor(nowMs)), from, 6);
  pool.writeUInt8((pool.readUInt8(from + 6) & 0x0f) | 0x70, from + 6);
  pool.writeUInt8((pool.readUInt8(from + 8) & 0x3f) | 0x80, from + 8);
  return asPredictionId(base32(from));
}

const characters = Buffer.alloc(Math.ceil((UUID_BYTES * 8) / 5));

/** Of one UUID in the pool. */
function base32(from: number): string {
  let length = 0;
  let carried = 0;
  let bits = 0;
  for (let at = from; at < from + UUID_BYTES; at++) {
    carried = ((carried << 8) | (pool[at] ?? 0)) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      characters[length++] = ALPHABET.charCodeAt((carried >> bits) & 31);
    }
  }
  if (bits > 0) characters[length++] = ALPHABET.charCodeAt((carried << (5 - bits)) & 31);
  return characters.toString('latin1', 0, length);
}
