import { expect, it } from 'vitest';
import type { Json } from '../../../../src/base/json.ts';
import { limit } from '../../../../src/limits.ts';
import type { MetricMode } from '../../../../src/predictor/scope.ts';
import { RUNTIME_METRICS } from '../../../../src/protocol/runtime-metrics.ts';
import { MetricRecorder } from '../../../../src/worker/model/metrics.ts';

function recorder() {
  const sent: unknown[][] = [];
  const metrics = new MetricRecorder(({ name, value, mode }) => sent.push([name, value, mode]));
  return { sent, metrics };
}

const ok = ['a', 'A1', 'a_b', 'tokens.output_2', 'a.b.c.d', 'predict_time_ms', 'coglet.x', 'x'.repeat(128)];
it.each(ok)('accepts the name %s', (name) => {
  const { sent, metrics } = recorder();
  metrics.record(name, 1);
  expect(sent).toEqual([[name, 1, 'replace']]);
});

it.each([
  ['predict_time', "'predict_time' is reserved by the runtime"],
  ['cog.x', "the 'cog.' prefix is reserved for system metrics"],
  ['', 'metric name must not be empty'],
  ['x'.repeat(129), 'metric name must be 128 characters or fewer (got 129 characters)'],
  ['a.b.c.d.e', 'metric name must have at most 4 dot-separated segments (got 5)'],
  ['.a', 'must not start with a dot'],
  ['a.', 'must not end with a dot'],
  ['a..b', 'must not contain empty segments (consecutive dots)'],
  ['1a', "segment '1a' must start with a letter"],
  ['a._b', "segment '_b' must start with a letter"],
  ['a__b', 'must not contain consecutive underscores'],
  ['a_', 'must end with a letter or digit'],
  ['a-b', "contains invalid character '-'"],
  ['aé', "contains invalid character 'é'"],
])('refuses the name %j', (name, message) => {
  const { sent, metrics } = recorder();
  expect(() => metrics.record(name, 1)).toThrow(RangeError);
  expect(() => metrics.record(name, 1)).toThrow(message);
  expect(sent).toEqual([]);
});

it.each(RUNTIME_METRICS)('keeps %s, and what is below it, for the runtime', (name) => {
  const { sent, metrics } = recorder();
  const message = `'${name}' is reserved by the runtime`;
  expect(() => metrics.record(name, 1)).toThrow(message);
  expect(() => metrics.record(`${name}.mine`, 1, 'increment')).toThrow(message);
  metrics.record(`${name}_mine`, 1);
  metrics.record(`mine.${name}`, 1);
  expect(sent).toHaveLength(2);
});

it.each<[Json | bigint, Json]>([
  [true, true],
  [1.5, 1.5],
  [-0, 0],
  [7n, 7],
  ['text', 'text'],
  [
    [1, [2n as never]],
    [1, [2]],
  ],
  [{ a: { b: null } }, { a: { b: null } }],
])('sends %s', (value, expected) => {
  const { sent, metrics } = recorder();
  metrics.record('m', value);
  expect(sent).toEqual([['m', expected, 'replace']]);
});

const circular: unknown[] = [];
circular.push(circular);

it.each<[string, unknown, ErrorConstructor, string]>([
  ['undefined', undefined, TypeError, 'Unsupported metric value type: undefined'],
  ['a function', () => 1, TypeError, 'Unsupported metric value type: function'],
  ['a Map', new Map(), TypeError, 'Unsupported metric value type: Map'],
  ['a nested Set', [new Set()], TypeError, 'Unsupported metric value type: Set'],
  ['NaN', Number.NaN, RangeError, "Metric 'm' is NaN; record a finite number"],
  ['a nested Infinity', { a: [Number.POSITIVE_INFINITY] }, RangeError, "Metric 'm' is Infinity"],
  ['a bigint that a number cannot hold', 2n ** 53n, RangeError, 'beyond 2^53 - 1'],
  ['a cycle', circular, TypeError, 'circular'],
  ['a huge text', 'x'.repeat(limit('inlineBytesMax')), RangeError, "Metric 'm' is larger than"],
])('refuses %s as a value', (_name, value, type, message) => {
  const { sent, metrics } = recorder();
  const record = () => metrics.record('m', value as Json);
  expect(record).toThrow(type);
  expect(record).toThrow(message);
  expect(sent).toEqual([]);
});

it('fixes the type of a metric with its first value, numbers being one type', () => {
  const { sent, metrics } = recorder();
  metrics.record('k', 1);
  metrics.record('k', 1.5);
  const change = () => metrics.record('k', 'text');
  expect(change).toThrow(TypeError);
  expect(change).toThrow("Metric 'k' has type number, cannot set to string without deleting first");
  metrics.delete('k');
  metrics.record('k', 'text');
  expect(sent.map(([, value]) => value)).toEqual([1, 1.5, null, 'text']);
});

it('forgets the types below a name with it', () => {
  const { metrics } = recorder();
  metrics.record('a.b', 1);
  metrics.delete('a');
  expect(() => metrics.record('a.b', 'text')).not.toThrow();
});

it('takes null for a deletion', () => {
  const { sent, metrics } = recorder();
  metrics.record('k', 1);
  metrics.record('k', null);
  metrics.record('k', []);
  expect(sent).toEqual([
    ['k', 1, 'replace'],
    ['k', null, 'replace'],
    ['k', [], 'replace'],
  ]);
});

it('knows the modes by both of their names', () => {
  const { sent, metrics } = recorder();
  metrics.record('n', 1, 'increment');
  metrics.record('n', 2, 'incr');
  metrics.record('l', 'x', 'append');
  metrics.record('l', 'y', 'append');
  metrics.record('list', []);
  metrics.record('list', 1, 'append');
  metrics.record('list', 'x', 'append');
  expect(sent.map(([, , mode]) => mode)).toEqual([
    'increment',
    'increment',
    'append',
    'append',
    'replace',
    'append',
    'append',
  ]);
  expect(() => metrics.record('n', 1, 'toString' as MetricMode)).toThrow("Invalid metric mode: 'toString'");
});

it.each([true, '1', [1], {}])('refuses to increment by %j', (value) => {
  expect(() => recorder().metrics.record('n', value, 'increment')).toThrow(
    'Increment mode requires int or float, got',
  );
});

it('lets a reserved name be deleted, not a malformed one', () => {
  const { sent, metrics } = recorder();
  metrics.delete('predict_time');
  expect(sent).toEqual([['predict_time', null, 'replace']]);
  expect(() => metrics.delete('a..b')).toThrow('empty segments');
});

it('does nothing after the prediction has ended, whatever it is given', () => {
  const { sent, metrics } = recorder();
  const { record, delete: remove } = metrics;
  metrics.close();
  record('predict_time', undefined as never);
  remove('');
  expect(sent).toEqual([]);
});

it('sends what the value was when it was recorded', () => {
  const { sent, metrics } = recorder();
  const list = [1];
  metrics.record('list', list);
  list.push(2);
  expect(sent).toEqual([['list', [1], 'replace']]);
});
