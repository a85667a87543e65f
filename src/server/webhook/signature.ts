// Standard Webhooks: the key behind PAWL_WEBHOOK_SECRET, and what it makes of a message. The key is never shown.
import { createHmac, type Hmac } from 'node:crypto';
import type { BodySource } from '../../net/http-client.ts';

const PREFIX = 'whsec_';
const KEY_BYTES_MIN = 24;
const KEY_BYTES_MAX = 64;

/** `whsec_` and base64, or any other text as it stands. Null where neither makes a key. */
export function parseWebhookSecret(text: string): Buffer | null {
  if (!text.startsWith(PREFIX)) return text.trim() === '' ? null : Buffer.from(text);
  const base64 = text.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  // Buffer skips what is no base64; a key of which a part was lost signs what nobody can verify.
  const isWhole = key.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return isWhole && key.length >= KEY_BYTES_MIN && key.length <= KEY_BYTES_MAX ? key : null;
}

/** The value of `webhook-signature`. */
export function sign(key: Buffer, id: string, timestamp: number, body: Buffer): string {
  return signature(begin(key, id, timestamp).update(body));
}

/** The same for a body on disk, which is read for it block by block. */
export async function signStored(
  key: Buffer,
  id: string,
  timestamp: number,
  body: BodySource,
): Promise<string> {
  const hmac = begin(key, id, timestamp);
  for await (const block of body.open()) hmac.update(block);
  return signature(hmac);
}

function begin(key: Buffer, id: string, timestamp: number): Hmac {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`);
}

function signature(hmac: Hmac): string {
  return `v1,${hmac.digest('base64')}`;
}
