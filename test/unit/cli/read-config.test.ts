import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/cli/cog-variables.ts';
import { type FlagTexts, readConfig } from '../../../src/cli/read-config.ts';
import type { CommandName } from '../../../src/cli/setting.ts';

const REFERENCE = { path: '/p.ts', exportName: null };

function read(
  flags: FlagTexts,
  environment: Environment = {},
  { command = 'serve', stderrIsTerminal = false }: { command?: CommandName; stderrIsTerminal?: boolean } = {},
) {
  return readConfig({ command, flags, environment, stderrIsTerminal }, REFERENCE);
}

describe('readConfig', () => {
  it('takes the defaults where nothing is said', () => {
    const { value, warnings } = read({});
    expect(value).toMatchObject({
      host: '0.0.0.0',
      port: 5000,
      workers: 1,
      concurrency: null,
      setupTimeoutMs: null,
    });
    expect(value).toMatchObject({ restart: 'on-crash', mode: 'predict', retention: 1000, logFormat: 'json' });
    expect(warnings).toEqual([]);
  });

  it('lets a flag win over PAWL_*, and PAWL_* over COG_*', () => {
    const environment = { COG_MAX_CONCURRENCY: '2', PAWL_CONCURRENCY: '3' };
    expect(read({}, { COG_MAX_CONCURRENCY: '2' }).value.concurrency).toBe(2);
    expect(read({}, environment).value.concurrency).toBe(3);
    expect(read({ concurrency: '4' }, environment).value.concurrency).toBe(4);
  });

  it('does not look at a COG_* variable that a stronger source hides', () => {
    expect(read({ concurrency: '4' }, { COG_MAX_CONCURRENCY: 'many' }).warnings).toEqual([]);
  });

  it('takes a list of hosts', () => {
    const { value } = read({ urlAccess: 'public' }, { PAWL_URL_HOSTS: 'store.internal:9000, *.example.com' });
    expect(value).toMatchObject({ urlAccess: 'public', urlHosts: ['store.internal:9000', '*.example.com'] });
  });

  it('turns seconds into milliseconds', () => {
    expect(read({ setupTimeoutMs: '1.5', shutdownGraceMs: '0' }).value).toMatchObject({
      setupTimeoutMs: 1500,
      shutdownGraceMs: 0,
    });
  });

  it('counts an empty variable as unset', () => {
    expect(read({}, { PAWL_PORT: '', PORT: '' }).value.port).toBe(5000);
  });

  it.each([
    [{ port: 'abc' }, {}, '--port takes a whole number from 0 to 65535, not "abc".'],
    [{ restart: 'always' }, {}, '--restart takes "on-crash" or "never", not "always".'],
    [{ workers: '0' }, {}, '--workers takes a whole number from 1 to 256, not "0".'],
    [{ host: '' }, {}, '--host takes an IP address or a host name of this machine, not "".'],
    [{}, { PAWL_WORKERS: '-1' }, 'PAWL_WORKERS takes a whole number from 1 to 256, not "-1".'],
    [
      {},
      { PAWL_AWAIT_EXPLICIT_SHUTDOWN: 'maybe' },
      'PAWL_AWAIT_EXPLICIT_SHUTDOWN takes true or false (1 or 0), not "maybe".',
    ],
    [
      { urlAccess: 'listed', urlHosts: 'a,http://b' },
      {},
      '--url-hosts takes hosts separated by commas, such as api.example.com,*.example.com,10.0.0.7:8080, not "a,http://b".',
    ],
    [{ urlHosts: 'a' }, {}, '--url-hosts needs --url-access public or listed'],
    [{}, { PORT: 'http' }, 'PORT takes a whole number from 0 to 65535, not "http".'],
  ])('refuses %j with %j, naming what is accepted', (flags, environment, message) => {
    expect(() => read(flags, environment)).toThrow(message);
  });

  it.each([
    ['COG_MAX_CONCURRENCY', '0', 'concurrency', 1],
    ['COG_MAX_CONCURRENCY', 'many', 'concurrency', 1],
    ['COG_SETUP_TIMEOUT', '0', 'setupTimeoutMs', null],
    ['COG_SETUP_TIMEOUT', '1.5', 'setupTimeoutMs', null],
    ['COG_LOG_LEVEL', 'loud', 'logLevel', 'info'],
    ['COG_THROTTLE_RESPONSE_INTERVAL', 'often', 'webhookIntervalMs', 500],
    ['COG_THROTTLE_RESPONSE_INTERVAL', ' 1', 'webhookIntervalMs', 500],
  ] as const)('warns about %s=%s and goes on', (name, text, key, value) => {
    const reading = read({}, { [name]: text });
    expect(reading.value[key]).toBe(value);
    expect(reading.warnings).toEqual([expect.stringContaining(`${name}="${text}"`)]);
  });

  it.each([
    ['PORT', ' 8080 ', 'port', 8080],
    ['COG_SETUP_TIMEOUT', '30', 'setupTimeoutMs', 30_000],
    ['COG_LOG_LEVEL', 'WARNING', 'logLevel', 'warn'],
    ['LOG_FORMAT', 'console', 'logFormat', 'pretty'],
    ['COG_WEIGHTS', 'https://w', 'weights', 'https://w'],
    ['COG_USER_AGENT', 'model/1', 'userAgent', 'model/1'],
    ['COG_THROTTLE_RESPONSE_INTERVAL', '0.25', 'webhookIntervalMs', 250],
    ['COG_THROTTLE_RESPONSE_INTERVAL', '1.0019', 'webhookIntervalMs', 1001],
    ['COG_THROTTLE_RESPONSE_INTERVAL', '.5', 'webhookIntervalMs', 500],
    ['COG_THROTTLE_RESPONSE_INTERVAL', '1e1', 'webhookIntervalMs', 10_000],
    ['COG_THROTTLE_RESPONSE_INTERVAL', '-3', 'webhookIntervalMs', 0],
    ['COG_THROTTLE_RESPONSE_INTERVAL', '-inf', 'webhookIntervalMs', 0],
    ['COG_THROTTLE_RESPONSE_INTERVAL', 'NaN', 'webhookIntervalMs', 0],
    ['COG_THROTTLE_RESPONSE_INTERVAL', 'inf', 'webhookIntervalMs', 2_147_483_000],
    ['WEBHOOK_AUTH_TOKEN', 'a b', 'webhookAuthToken', 'a b'],
  ] as const)('reads %s as Cog does', (name, text, key, value) => {
    expect(read({}, { [name]: text })).toMatchObject({ value: { [key]: value }, warnings: [] });
  });

  it('keeps secrets out of its messages', () => {
    const bad = { PAWL_WEBHOOK_SECRET: 'whsec_tellnobody' };
    expect(() => read({}, bad)).toThrow('PAWL_WEBHOOK_SECRET takes whsec_ and the base64 of 24 to 64 bytes');
    expect(() => read({}, bad)).not.toThrow('tellnobody');
    const warned = read({}, { WEBHOOK_AUTH_TOKEN: 'tell\nnobody' });
    expect(warned).toMatchObject({
      value: { webhookAuthToken: null },
      warnings: ['WEBHOOK_AUTH_TOKEN cannot be the value of a header; webhooks are sent without it.'],
    });
  });

  it('writes a pretty log on a terminal unless something asks for another', () => {
    expect(read({}, {}, { stderrIsTerminal: true }).value.logFormat).toBe('pretty');
    expect(read({}, { LOG_FORMAT: 'json' }, { stderrIsTerminal: true }).value.logFormat).toBe('json');
    expect(read({ logFormat: 'json' }, {}, { stderrIsTerminal: true }).value.logFormat).toBe('json');
  });

  it('leaves alone what the command has no flag for', () => {
    const environment = { PAWL_PORT: 'abc', COG_MAX_CONCURRENCY: 'many' };
    expect(read({}, environment, { command: 'predict' })).toMatchObject({
      value: { port: 5000 },
      warnings: [],
    });
  });
});
