// Standard Webhooks: the key behind PAWL_WEBHOOK_SECRET, and what it makes of a message. The key is never shown.
import { createHmac } from 'node:crypto';

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
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${hmac.digest('base64')}`;
}
