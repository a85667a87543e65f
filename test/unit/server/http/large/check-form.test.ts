import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../src/base/json.ts';
import { PawlError } from '../../../../../src/errors.ts';
import { checkBody } from '../../../../../src/server/http/large/check-body.ts';
import { writeForm } from '../../../../../src/server/http/large/form-file.ts';
import { bodyOfForm } from '../../../../../src/server/http/upload/form-input.ts';
import type { GivenPart } from '../../../../../src/server/http/upload/form-part.ts';
import type { TextRange } from '../../../../../src/server/payload/stored-input.ts';
import { inputFields } from '../../../../../src/server/prediction/field-kinds.ts';
import { compilePredictorSchema } from '../../../../../src/server/prediction/predictor-schema.ts';
import { RequestRefused } from '../../../../../src/server/prediction/refusal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const properties: JsonObject = {
  prompt: { type: 'string' },
  key: { type: 'string', format: 'password' },
  size: { type: 'integer' },
};
const document: JsonObject = {
  components: { schemas: { Input: { type: 'object', properties, required: ['prompt'] } } },
};
const check = compilePredictorSchema({ document, hasTrain: false, hasHealthcheck: false }).check.predict;
const fields = inputFields(document, 'predict');

/** What the check says, with texts in place of ranges and a message in place of what is refused. */
async function checked(parts: readonly GivenPart[]): Promise<object> {
  const file = path.join(directory, 'form');
  const form = await writeForm(file, parts);
  const bytes = readFileSync(file);
  const report = checkBody({ path: file, form, bytes }, { check, fields, hasFiles: true, largeFrom: 0 });
  if (report.type === 'refused') return { refused: report.message };
  if (report.input === null) return { fields: report.fields };
  const { issues, value, shown } = report.input;
  if (issues !== null) return { refused: new RequestRefused('PAWL_INPUT_INVALID', issues).message };
  const jsonIn = (range: TextRange) =>
    JSON.parse(readFileSync(range.path).subarray(range.from, range.to).toString());
  return { fields: report.fields, value: jsonIn(value), shown: jsonIn(shown) };
}

/** The same of a form that is small. */
function small(parts: readonly GivenPart[]): object {
  try {
    const { input = {}, ...others } = bodyOfForm(parts, fields);
    const { value, shown } = check(input);
    return { fields: others, value, shown };
  } catch (error) {
    if (error instanceof PawlError) return { refused: error.message };
    throw error;
  }
}

const text = (name: string, text: string): GivenPart => ({ name, text, mediaType: 'text/plain' });
const request = (text: string): GivenPart => ({ name: 'request', text, mediaType: 'application/json' });
const file = (name: string): GivenPart => ({ name, url: 'http://h/files/0123456789abcdef0123456789abcdef' });

it.each([
  ['fits', [text('prompt', '1'), text('size', '2')]],
  ['has a request', [request('{"id":"x","input":{"prompt":"é🌍","key":"k"}}'), text('size', '3')]],
  ['is long', [text('prompt', `é${'🌍'.repeat(300_000)}`), text('key', 'é'.repeat(300_000))]],
  ['has a file', [file('prompt')]],
  ['has what is unknown', [text('prompt', 'a'), text('__proto__', '1'), text('other', '[1]')]],
  ['has a file where none belongs', [file('size')]],
  ['has an input that is none', [request('{"input":[]}')]],
  ['has a request that is broken', [request('{')]],
  ['has a wrong text', [text('prompt', 'a'), text('size', 'x')]],
])('a large form that %s is read as a small one is', async (_what, parts) => {
  expect(await checked(parts)).toEqual(small(parts));
});
