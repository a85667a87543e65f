import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { file } from '../../../../../src/index.ts';
import { outputSchema } from '../../../../../src/worker/model/schema/output-schema.ts';

const make = (schema: unknown) => outputSchema(schema, 'output of predict.ts (export default)');

describe('an output schema', () => {
  it('checks a whole value', () => {
    const schema = make(z.object({ text: z.string(), boxes: z.array(z.int()) }));
    expect(schema.check({ text: 'x', boxes: [1] })).toEqual([]);
    expect(schema.check({ text: 'x', boxes: ['1'] })).toEqual([
      { path: ['boxes', '0'], message: 'must be integer' },
    ]);
    expect(schema.check({ boxes: [] })).toEqual([{ path: ['text'], message: 'Field required' }]);
    expect(schema.items).toBeNull();
  });

  it('checks the items of a declared list one by one', () => {
    const schema = make(z.array(z.string()));
    expect(schema.check(['a'])).toEqual([]);
    expect(schema.check('a')).toHaveLength(1);
    expect(schema.items?.check('a')).toEqual([]);
    expect(schema.items?.check(['a'])).toEqual([{ path: [], message: 'must be string' }]);
  });

  it('follows references from an item', () => {
    const Tree = z.object({
      get children() {
        return z.array(Tree);
      },
    });
    const schema = make(z.array(Tree));
    expect(schema.items?.check({ children: [{ children: [] }] })).toEqual([]);
    expect(schema.items?.check({ children: [{}] })).toEqual([
      { path: ['children', '0', 'children'], message: 'Field required' },
    ]);
  });

  it('never changes a value: defaults of an output do nothing', () => {
    const value = {};
    expect(make(z.object({ a: z.string().default('x') })).check(value)).toEqual([]);
    expect(value).toEqual({});
  });

  it('sees a file as the text that the client sees', () => {
    expect(make(file()).check('data:,')).toEqual([]);
    expect(make(z.object({ image: file() })).check({ image: 3 })).toHaveLength(1);
  });

  it('takes nothing, sent as null, where a value may be absent', () => {
    expect(make(z.string().optional()).check(null)).toEqual([]);
    expect(make(z.string()).check(null)).toHaveLength(1);
    expect(make(z.void()).check(null)).toEqual([]);
  });

  it('takes dates and other values as they are sent', () => {
    expect(make(z.object({ at: z.date() })).check({ at: '2020-01-01T00:00:00.000Z' })).toEqual([]);
    expect(make(z.object({ map: z.map(z.string(), z.int()) })).check({ map: { a: 1 } })).toEqual([]);
  });
});
