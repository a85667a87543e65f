import { randomBytes } from 'node:crypto';
import { validateWebhook } from 'replicate';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { parseWebhookSecret, sign } from '../../../../src/server/webhook/signature.ts';

const BODY = JSON.stringify({ id: 'x', output: 'grüße 🌍 \u2028' });

function headersFor(secret: string) {
  const key = parseWebhookSecret(secret);
  if (key === null) throw new Error('no key');
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'webhook-id': 'msg_abc',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(key, 'msg_abc', timestamp, Buffer.from(BODY)),
  };
}

function byReplicate(headers: ReturnType<typeof headersFor>, secret: string): Promise<boolean> {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  return validateWebhook({ id, timestamp, signature, body: BODY, secret });
}

it.each([24, 32, 47, 64])(
  'is verified by standardwebhooks and by replicate, with a key of %d bytes',
  async (length) => {
    const secret = `whsec_${randomBytes(length).toString('base64')}`;
    const headers = headersFor(secret);
    expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY));
    expect(await byReplicate(headers, secret)).toBe(true);
  },
);

it('with a plain secret is verified by its bytes', () => {
  expect(new Webhook('correct horse', { format: 'raw' }).verify(BODY, headersFor('correct horse'))).toEqual(
    JSON.parse(BODY),
  );
});

it('does not fit another body, id or secret', async () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const headers = headersFor(secret);
  expect(() => new Webhook(secret).verify(`${BODY} `, headers)).toThrow('No matching signature');
  expect(() => new Webhook(secret).verify(BODY, { ...headers, 'webhook-id': 'msg_b' })).toThrow();
  const other = `whsec_${randomBytes(32).toString('base64')}`;
  expect(await byReplicate(headers, other)).toBe(false);
});

it.each([
  '',
  '  ',
  'whsec_',
  'whsec_!!!!',
  `whsec_${'A'.repeat(31)}!`,
  `whsec_${randomBytes(23).toString('base64')}`,
  `whsec_${randomBytes(65).toString('base64')}`,
  `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`,
])('refuses %j as a secret', (secret) => {
  expect(parseWebhookSecret(secret)).toBeNull();
});

it('takes base64 without its padding', () => {
  const key = randomBytes(32);
  expect(parseWebhookSecret(`whsec_${key.toString('base64').replace('=', '')}`)).toEqual(key);
});
