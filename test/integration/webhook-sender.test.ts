import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { deferred } from '../../src/base/deferred.ts';
import { LIMITS } from '../../src/limits.ts';
import { HttpClient } from '../../src/net/http-client.ts';
import { UrlGuard } from '../../src/net/url-guard.ts';
import { WebhookSender } from '../../src/server/webhook/sender.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { netClient } from '../helpers/net-client.ts';
import { answers, receiveWebhooks, resets, type WebhookReceiver } from '../helpers/webhook-receiver.ts';

const MESSAGE = { id: 'msg_x', body: Buffer.from('{"id":"x","status":"succeeded"}') };

let receiver: WebhookReceiver;
let clock: ManualClock;
let client: HttpClient;

beforeEach(async () => {
  receiver = await receiveWebhooks();
  clock = new ManualClock();
  client = netClient({}, clock);
});
afterEach(async () => {
  client.close();
  await receiver.close();
});

const send = (url: string, by = client, message = MESSAGE) =>
  new WebhookSender({ client: by, clock, authToken: null, key: null }).send(
    { url: new URL(url), events: ['completed'], trace: {} },
    message,
  );

describe('one try', () => {
  it.each([
    [200, { type: 'accepted' }, ''],
    [204, { type: 'accepted' }, ''],
    [303, { type: 'accepted' }, ''],
    [404, { type: 'refused' }, 'it answered 404'],
    [503, { type: 'retry', afterMs: null }, 'it answered 503'],
  ])('that is answered %d', async (status, answer, reason) => {
    receiver.behave(answers(status, { location: '/' }));
    expect(await send(receiver.url).delivery).toEqual({ answer, reason });
    expect(receiver.received.length).toBe(1);
    expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(receiver.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('that is asked to come back later says when', async () => {
    receiver.behave(answers(503, { 'retry-after': new Date(clock.now() + 20_000).toUTCString() }));
    const { answer } = await send(receiver.url).delivery;
    expect(answer).toEqual({ type: 'retry', afterMs: 20_000 });
  });

  it('that has no answer after its time is over, and its connection is closed', async () => {
    const closed = deferred();
    receiver.behave((response) => response.on('close', () => closed.resolve()));
    const { delivery } = send(receiver.url);
    await receiver.count(1);
    clock.advance(LIMITS.webhookTryMs.value);
    expect(await delivery).toEqual({
      answer: { type: 'retry', afterMs: null },
      reason: 'it did not answer within 30 s',
    });
    await closed.promise;
  });

  it('that cannot even find the address is over after the same time', async () => {
    const silent = new HttpClient(new UrlGuard({ urlAccess: 'public', urlHosts: [] }, () => {}), clock);
    const sending = send('http://hooks.test/', silent);
    clock.advance(LIMITS.webhookTryMs.value);
    expect((await sending.delivery).reason).toBe('it did not answer within 30 s');
    silent.close();
  });

  it('that is reset, or finds nobody, may be repeated', async () => {
    receiver.behave(resets);
    expect(await send(receiver.url).delivery).toEqual({
      answer: { type: 'retry', afterMs: null },
      reason: 'the server closed the connection early; try again (ECONNRESET)',
    });
    const { url } = receiver;
    await receiver.close();
    expect((await send(url).delivery).reason).toContain('nothing listens there');
    receiver = await receiveWebhooks();
  });

  it('that is cut ends its connection', async () => {
    const closed = deferred();
    receiver.behave((response) => response.on('close', () => closed.resolve()));
    const { delivery, cut } = send(receiver.url);
    await receiver.count(1);
    cut();
    await closed.promise;
    expect((await delivery).answer.type).toBe('retry');
  });

  it('that meets a redirect loop or another scheme is refused', async () => {
    receiver.behave(...Array.from({ length: 11 }, () => answers(307, { location: '/' })));
    expect(await send(receiver.url).delivery).toEqual({
      answer: { type: 'refused' },
      reason: 'it redirects more than 10 times; use the URL it should end at',
    });
    receiver.behave(answers(307, { location: 'file:///etc/passwd' }));
    expect((await send(receiver.url).delivery).answer.type).toBe('refused');
  });

  it('to a name that leads to a private address is refused, and not connected', async () => {
    const guard = new UrlGuard({ urlAccess: 'public', urlHosts: [] }, (_name, _options, callback) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]),
    );
    const guarded = new HttpClient(guard, systemClock);
    const { port } = new URL(receiver.url);
    const { delivery } = send(`http://hooks.test:${port}/`, guarded);
    expect(await delivery).toMatchObject({ answer: { type: 'refused' } });
    expect(receiver.received).toEqual([]);
    guarded.close();
  });

  it('that is answered before its body was read is over, and the rest is not sent for ever', async () => {
    const accepted = deferred<Socket>();
    const closed = deferred();
    const early = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('close', () => closed.resolve());
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      accepted.resolve(socket);
    });
    early.listen(0, '127.0.0.1');
    await once(early, 'listening');
    const { port } = early.address() as AddressInfo;
    const large = { id: 'msg_l', body: Buffer.alloc(32 * 2 ** 20, 'x') };
    expect((await send(`http://127.0.0.1:${port}/`, client, large).delivery).answer.type).toBe('accepted');
    clock.advance(LIMITS.discardMs.value);
    const socket = await accepted.promise;
    socket.resume();
    await closed.promise;
    expect(socket.bytesRead).toBeLessThan(large.body.length);
    early.close();
  });
});
