import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../../../src/base/json.ts';
import { PawlError } from '../../../../../src/errors.ts';
import { readBody } from '../../../../../src/server/http/body.ts';
import { checkBody } from '../../../../../src/server/http/large/check-body.ts';
import { findInput } from '../../../../../src/server/http/large/find-input.ts';
import {
  type PredictionBody,
  readPredictionBody,
} from '../../../../../src/server/http/prediction-request.ts';
import type { TextRange } from '../../../../../src/server/payload/stored-input.ts';
import { inputFields } from '../../../../../src/server/prediction/field-kinds.ts';
import type { InputCheck } from '../../../../../src/server/prediction/input-check.ts';
import { compilePredictorSchema } from '../../../../../src/server/prediction/predictor-schema.ts';
import { RequestRefused } from '../../../../../src/server/prediction/refusal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const JSON_BODY = { 'content-type': 'application/json' };
let files = 0;

/** The report, with texts of ranges instead of the ranges. */
function checked(bytes: Buffer, check: InputCheck | null = null, largeFrom = 0) {
  const file = path.join(directory, String(files++));
  writeFileSync(file, bytes);
  const told = checkBody(
    { path: file, bytes, form: null },
    { check, fields: inputFields({}, 'predict'), hasFiles: true, largeFrom },
  );
  // As it comes through the channel between the processes.
  const report: typeof told = JSON.parse(JSON.stringify(told));
  const textOf = ({ path: from, from: start, to }: TextRange) =>
    readFileSync(from).subarray(start, to).toString();
  if (report.type === 'refused' || report.input === null) return { report, value: null, shown: null };
  const { value, shown } = report.input;
  return { report, value: textOf(value), shown: textOf(shown) };
}

/** What a small body with these bytes is made of, or refused with. */
function small(bytes: Buffer): { fields: JsonObject; read: PredictionBody } | { refused: object } {
  try {
    const fields = readBody(JSON_BODY, bytes) as JsonObject;
    return { fields, read: readPredictionBody(fields) };
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    const issues = error instanceof RequestRefused ? error.issues : null;
    return { refused: { code: error.code, message: error.message, issues } };
  }
}

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n ');
const name = fc.constantFrom(
  '"input"',
  '"input"',
  '"inp\\u0075t"',
  '"id"',
  '"context"',
  '"version"',
  '"webhook_events_filter"',
  '"a\\"b"',
  '"x\\\\"',
  '"__proto__"',
  '"1"',
);
const text = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom(
    '{"a":"}\\"{"}',
    '"\\\\"',
    '"{\\"input\\":1}"',
    '[[],{}]',
    'null',
    '-1.5e+3',
    '""',
    '"é€🌍"',
    '1e999',
    '[{"a":-1E+999}]',
  ),
);
const field = fc
  .tuple(name, space, space, text, space)
  .map(([key, a, b, value, c]) => `${key}${a}:${b}${value}${c}`);
const body = fc
  .tuple(fc.constantFrom('', '', '\ufeff'), space, fc.array(fc.tuple(space, field), { maxLength: 5 }), space)
  .map(
    ([mark, before, fields, after]) =>
      `${mark}${before}{${fields.map((parts) => parts.join('')).join(',')}}${after}`,
  );
/** Now and then broken somewhere. */
const bytes = fc
  .tuple(
    body,
    fc.option(fc.tuple(fc.nat(), fc.constantFrom('', '"', '\\', '}', '{', ',', ':', '\u0000', 'x'))),
  )
  .map(([whole, cut]) => {
    if (cut === null) return Buffer.from(whole);
    const at = cut[0] % (whole.length + 1);
    return Buffer.from(whole.slice(0, at) + cut[1] + whole.slice(at + 1));
  });

describe('the check of a large body', () => {
  it('says what that of a small one says, and finds its input', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom(0, Number.POSITIVE_INFINITY), (given, largeFrom) => {
        const { report, value } = checked(given, null, largeFrom);
        const expected = small(given);
        if ('refused' in expected) {
          expect(report).toMatchObject({ type: 'refused', ...expected.refused });
          return;
        }
        if (report.type === 'refused') throw new Error(report.message);
        const { input = null } = expected.fields;
        const told = input === null || largeFrom > 0 ? expected.read : { ...expected.read, input: {} };
        expect(readPredictionBody(report.fields)).toEqual(told);
        if (input === null || largeFrom > 0) expect(report.input).toBeNull();
        else expect(JSON.parse(value ?? 'null')).toEqual(input);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['context', '{"a":"LONG"}', 422],
    ['context', '{"LONG":1}', 422],
    ['context', '{MANY}', 422],
    ['version', '"LONG"', 422],
    ['version', '["LONG"]', 200],
    ['webhook_events_filter', '["start",MORE"start"]', 200],
    ['webhook_events_filter', '[0,MORE1]', 422],
    ['webhook_events_filter', '["LONG"]', 422],
    ['webhook', '"http://h/LONG"', 422],
    ['id', '"LONG"', 422],
    ['other', '"LONG"', 200],
  ])('tells the server little, however large the %s: %s', (field, value, status) => {
    const long = value
      .replace('LONG', 'x'.repeat(1024 * 1024 + 1))
      .replace('MANY', Array.from({ length: 10_000 }, (_, i) => `"k${i}":${i}`).join(','))
      .replace('MORE', '"start",'.repeat(10_000));
    const webhook = field === 'webhook' ? '' : '"webhook":"http://h/",';
    const { report } = checked(Buffer.from(`{${webhook}"${field}":${long},"input":{"a":1}}`), null, 50);
    expect(report.type).toBe(status === 200 ? 'taken' : 'refused');
    expect(JSON.stringify(report).length).toBeLessThan(20_000);
  });

  it('finds the input by what is around it, without looking into it', () => {
    const input = `{"data":[${'"}\\\\",'.repeat(20_000)}0]}`;
    for (const others of [
      ['', ''],
      ['"id":"a{\\"",', ''],
      ['', ',"webhook_events_filter":["start",{}],"x":"\\\\"'],
    ]) {
      const given = Buffer.from(` {${others[0]}"input" : ${input}\n${others[1]} } `);
      const range = findInput(given);
      expect(given.subarray(range?.from, range?.to).toString()).toBe(input);
    }
  });

  it.each([
    ['is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['is deeper than a body may be', Buffer.from(`{"input":{"a":${'['.repeat(600)}${']'.repeat(600)}}}`)],
    ['is a list', Buffer.from('[{"input":{}}]')],
    ['is cut', Buffer.from('{"input":{"a":"bc')],
    ['has a number too large for a double', Buffer.from('{"input":{"a":[0,{"b":1e999}]}}')],
    ['has one outside its input', Buffer.from(`{"context":{"a":-${'9'.repeat(310)}},"input":{"a":1}}`)],
    ['is one', Buffer.from('{"input":1e999}')],
    ['has two inputs', Buffer.from('{"input":{"a":1},"input":{"b":2}}')],
    ['has a second field between', Buffer.from('{"input": {"a":1}, "id":"x", "id":"y"}')],
  ])('is that of a small one where the body %s', (_what, given) => {
    const { report, value } = checked(given);
    const expected = small(given);
    if ('refused' in expected) expect(report).toMatchObject({ type: 'refused', ...expected.refused });
    else expect(JSON.parse(value ?? '')).toEqual(expected.fields.input);
  });
});

describe('a large input', () => {
  const properties: JsonObject = {
    prompt: { type: 'string', maxLength: 5 },
    key: { type: 'string', format: 'password' },
    size: { type: 'integer' },
  };
  const document: JsonObject = {
    components: { schemas: { Input: { type: 'object', properties, required: ['prompt'] } } },
  };
  const check = compilePredictorSchema({ document, hasTrain: false, hasHealthcheck: false }).check.predict;
  const checkedInput = (input: Json, before = '') =>
    checked(Buffer.from(`{${before}"input": ${JSON.stringify(input)}}`), check);

  it('that fits is passed on as it came', () => {
    const { value, shown, report } = checkedInput({ prompt: 'a', size: 1 });
    expect([value, shown]).toEqual(['{"prompt":"a","size":1}', '{"prompt":"a","size":1}']);
    expect(report).toMatchObject({ input: { warnings: [], issues: null } });
  });

  it('has what is unknown dropped, with a warning, and an omitted null', () => {
    const { value, report } = checkedInput({ prompt: 'a', size: null, other: [1] });
    expect(JSON.parse(value ?? '')).toEqual({ prompt: 'a' });
    expect(report).toMatchObject({ input: { warnings: ['Ignoring unknown input "other"'] } });
  });

  it('may have long names and many faults: a few of both are told', () => {
    const long = 'k'.repeat(10_000);
    const { report } = checkedInput({ prompt: 'a', [long]: 1 });
    expect(report).toMatchObject({
      input: { warnings: [`Ignoring unknown input "${long.slice(0, 127)}…"`] },
    });
  });

  it('is shown with its secrets masked', () => {
    const { value, shown } = checkedInput({ prompt: 'a', key: 'secret' });
    expect(JSON.parse(value ?? '')).toEqual({ prompt: 'a', key: 'secret' });
    expect(JSON.parse(shown ?? '')).toEqual({ prompt: 'a', key: '**********' });
  });

  it.each([[{ prompt: 'too long' }], [{}], [[1]], ['text'], [{ prompt: 'a', size: 1.5 }]])(
    'is refused field by field: %j',
    (input) => {
      const { report } = checkedInput(input);
      const issues = report.type === 'taken' ? report.input?.issues : null;
      let expected: unknown;
      try {
        check(input);
      } catch (error) {
        expected = isObject(error) ? error.issues : null;
      }
      expect(issues).toEqual(expected);
    },
  );

  it('names the URLs in it that stored files have', () => {
    const id = '0123456789abcdef0123456789abcdef';
    const { report } = checkedInput({ prompt: 'a', size: null, other: `http://h/files/${id}` });
    expect(report).toMatchObject({ input: { ownUrls: [] } });
    const open = checked(Buffer.from(`{"input":{"a":["http://h/files/${id}"]}}`), (input) => ({
      value: input as JsonObject,
      shown: input as JsonObject,
      warnings: [],
      bytes: 0,
    }));
    expect(open.report).toMatchObject({ input: { ownUrls: [{ id, pointer: '/a/0' }] } });
  });

  it('that is small is passed on with the other fields', () => {
    const given = Buffer.from(`{"id":"x","input":{"prompt":"a"},"junk":"${'x'.repeat(100)}"}`);
    const { report } = checked(given, check, 50);
    expect(report).toEqual({ type: 'taken', fields: { id: 'x', input: { prompt: 'a' } }, input: null });
  });
});
