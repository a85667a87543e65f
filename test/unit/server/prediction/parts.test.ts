import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { isDeeperThan } from '../../../../src/base/json-measure.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { MetricMode } from '../../../../src/protocol/slot-messages.ts';
import { errorText } from '../../../../src/server/prediction/error-text.ts';
import { LogBuffer } from '../../../../src/server/prediction/log-buffer.ts';
import { Metrics } from '../../../../src/server/prediction/metrics.ts';
import { generatePredictionId, predictionId } from '../../../../src/server/prediction/prediction-id.ts';

describe('LogBuffer', () => {
  it('joins what was appended, however often it is read', () => {
    const log = new LogBuffer();
    log.append('a\n');
    log.append('b\n');
    expect(log.text).toBe('a\nb\n');
    log.append('c');
    expect(log.text).toBe('a\nb\nc');
    expect(log.text).toBe('a\nb\nc');
  });

  it('keeps nothing after the first text that does not fit, and counts it in bytes', () => {
    const log = new LogBuffer(4);
    log.append('abc');
    log.append('éé');
    log.append('d');
    expect(log.text).toBe('abc\n[**** LOG TRUNCATED, 5 BYTES DROPPED ****]\n');
    expect(log.bytes).toBe(3);
  });
});

describe('Metrics', () => {
  const recorded = (...metrics: [string, Json, MetricMode?][]) => {
    const merged = new Metrics();
    for (const [name, value, mode = 'replace'] of metrics) {
      merged.record({ type: 'metric', id: asPredictionId('p'), name, value, mode });
    }
    return JSON.parse(JSON.stringify(merged.object)) as Json;
  };

  it.each([
    [
      'replaces',
      [
        ['a', 1],
        ['a', 'x'],
      ],
      { a: 'x' },
    ],
    [
      'removes with null',
      [
        ['a', 1],
        ['a', null],
      ],
      {},
    ],
    [
      'nests at dots',
      [
        ['a.b.c', 1],
        ['a.d', 2],
      ],
      { a: { b: { c: 1 }, d: 2 } },
    ],
    [
      'puts an object where a value stood in the way',
      [
        ['a', 1],
        ['a.b', 2],
      ],
      { a: { b: 2 } },
    ],
    [
      'keeps an emptied parent',
      [
        ['a.b', 1],
        ['a.b', null],
      ],
      { a: {} },
    ],
    [
      'increments from zero',
      [
        ['n', 2, 'increment'],
        ['n', 3, 'increment'],
      ],
      { n: 5 },
    ],
    [
      'ignores an increment of or by what is no number',
      [
        ['n', 'x'],
        ['n', 1, 'increment'],
        ['m', 'x', 'increment'],
      ],
      { n: 'x' },
    ],
    [
      'appends',
      [
        ['l', 1, 'append'],
        ['l', 2, 'append'],
      ],
      { l: [1, 2] },
    ],
    [
      'appends to what is no list',
      [
        ['l', 1],
        ['l', 2, 'append'],
      ],
      { l: [1, 2] },
    ],
    [
      'ignores names with empty parts',
      [
        ['', 1],
        ['a..b', 1],
        ['.a', 1],
        ['a.', 1],
      ],
      {},
    ],
    [
      'takes a name that every object has',
      [
        ['constructor', 1, 'increment'],
        ['o', {}],
        ['o.toString', 2],
      ],
      { constructor: 1, o: { toString: 2 } },
    ],
    [
      'ignores __proto__',
      [
        ['__proto__.x', 1],
        ['a.__proto__', 1],
      ],
      {},
    ],
  ] satisfies [string, [string, Json, MetricMode?][], Json][])('%s', (_name, metrics, expected) => {
    expect(recorded(...metrics)).toEqual(expected);
  });

  it('refuses more than its budget, but not to replace the same one for ever', () => {
    const metrics = new Metrics(1_000);
    const metric = {
      type: 'metric',
      id: asPredictionId('p'),
      name: 'm',
      value: 'x'.repeat(400),
      mode: 'replace',
    } as const;
    for (let times = 0; times < 10; times++) expect(metrics.record(metric)).toBe(true);
    expect(metrics.record({ ...metric, name: 'n' })).toBe(true);
    expect(metrics.record({ ...metric, name: 'o' })).toBe(false);
    expect(metrics.record({ ...metric, name: 'n', value: null })).toBe(true);
    expect(Object.keys(metrics.object)).toEqual(['m']);
    expect(metrics.record({ ...metric, name: 'o' })).toBe(true);
  });

  it('keep their budget whatever way they are recorded, also in nested ones', () => {
    const metrics = new Metrics(1_000);
    const record = (name: string, value: Json, mode: MetricMode = 'replace') =>
      metrics.record({ type: 'metric', id: asPredictionId('p'), name, value, mode });
    for (let times = 0; times < 1_000; times++) expect(record('a.count', 1, 'increment')).toBe(true);
    let appended = 0;
    while (record('a.list', 'x'.repeat(20), 'append')) appended++;
    expect(appended).toBeGreaterThan(10);
    expect(appended).toBeLessThan(50);
    expect(record('a.list', ['short'])).toBe(true);
    expect(record('b', 'x'.repeat(500))).toBe(true);
    expect(record('c', 'x'.repeat(500))).toBe(false);
    expect(record('a', null)).toBe(true);
    expect(JSON.stringify(metrics.object).length).toBeLessThan(1_000);
  });

  it('cost the same at their budget as before, however many more are refused', () => {
    const metrics = new Metrics(500_000);
    const metric = {
      type: 'metric',
      id: asPredictionId('p'),
      name: 'l',
      value: 1,
      mode: 'append',
    } as const;
    let kept = 0;
    for (let times = 0; times < 200_000; times++) if (metrics.record(metric)) kept++;
    expect(kept).toBeGreaterThan(10_000);
    expect(metrics.object.l).toHaveLength(kept);
  });
});

describe('prediction ids', () => {
  it('are 26 characters of lower-case base32, sorted by time, never twice', () => {
    const ids = Array.from({ length: 1_000 }, (_, ms) => generatePredictionId(1_700_000_000_000 + ms));
    expect(ids.every((id) => /^[a-z2-7]{26}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(1_000);
    const order = 'abcdefghijklmnopqrstuvwxyz234567';
    const keys = ids.map((id) =>
      [...id].map((char) => String.fromCharCode(order.indexOf(char) + 65)).join(''),
    );
    expect([...keys].sort()).toEqual(keys);
  });

  it('encode a UUIDv7 of that moment', () => {
    const bits = [...generatePredictionId(0x0123456789ab)]
      .map((char) => 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(char).toString(2).padStart(5, '0'))
      .join('');
    const hex = BigInt(`0b${bits.slice(0, 128)}`)
      .toString(16)
      .padStart(32, '0');
    expect(hex.slice(0, 12)).toBe('0123456789ab');
    expect(hex[12]).toBe('7');
    expect('89ab').toContain(hex[16]);
    expect(bits.slice(128)).toBe('00');
  });

  it.each(['a', 'A-b_c.d~9', '...', 'x'.repeat(128)])('may be chosen: %s', (id) => {
    expect(predictionId(id)).toBe(id);
  });

  it.each(['', '.', '..', 'x'.repeat(129), 'a/b', 'a\n', 'a\0', 'ä', 'a%20'])(
    'may not be chosen: %j',
    (id) => {
      expect(predictionId(id)).toBeNull();
    },
  );
});

describe('errorText', () => {
  it.each([
    ['ValueError', 'bad', 'ValueError: bad'],
    ['ValueError', 'ValueError: bad', 'ValueError: bad'],
    ['ValueError', '', 'ValueError'],
    ['PawlError', 'the worker ended with SIGKILL', 'the worker ended with SIGKILL'],
    ['', 'bad', 'bad'],
  ])('of %s with %j is %j', (name, message, text) => {
    expect(errorText({ name, message, stack: null, code: 'PAWL_PREDICT_FAILED' })).toBe(text);
  });

  it('is bounded', () => {
    expect(
      errorText({ name: 'E', message: 'x'.repeat(200_000), stack: null, code: 'PAWL_INTERNAL' }).length,
    ).toBeLessThan(66_000);
  });
});

describe('isDeeperThan', () => {
  it('counts nested arrays and objects, whatever their number', () => {
    const deep: Json = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(isDeeperThan(deep, 99_999)).toBe(true);
    expect(isDeeperThan(deep, 100_000)).toBe(false);
    expect(isDeeperThan([[1], [{ a: [] }]], 4)).toBe(false);
    expect(isDeeperThan([[1], [{ a: [] }]], 3)).toBe(true);
    expect(isDeeperThan('text', 0)).toBe(false);
  });
});
