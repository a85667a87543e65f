import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { choices, file, secret } from '../../../src/predictor/input-fields.ts';
import { PawlFile } from '../../../src/predictor/pawl-file.ts';
import { Secret } from '../../../src/predictor/secret.ts';

const picture = new PawlFile({ path: '/x/a.png', name: 'a.png', type: 'image/png', size: 1 });

describe('file()', () => {
  it('passes the file through, alone, optional and in lists', () => {
    const schema = z.object({ a: file(), b: file().optional(), c: z.array(file()), d: file().nullable() });
    const input = { a: picture, c: [picture], d: null };
    expect(schema.parse(input)).toEqual(input);
  });

  it('refuses what is no file and says what one is', () => {
    const issues = z.object({ a: file().describe('x') }).safeParse({ a: 'cat.png' }).error?.issues;
    expect(issues?.map(({ message }) => message)).toEqual(['must be a file: an http:, https: or data: URL']);
  });
});

describe('secret()', () => {
  it('gives a Secret for a text', () => {
    const { key } = z.object({ key: secret().describe('API key') }).parse({ key: 'hunter2' });
    expect(key).toBeInstanceOf(Secret);
    expect(key.reveal()).toBe('hunter2');
    expect(secret().optional().parse(undefined)).toBeUndefined();
    expect(secret().safeParse(3).success).toBe(false);
  });
});

describe('choices()', () => {
  it('takes texts and numbers, and nothing else', () => {
    expect(choices(['fast', 'exact']).safeParse('exact').success).toBe(true);
    expect(choices(['fast', 'exact']).safeParse('slow').success).toBe(false);
    expect(choices([256, 512]).default(256).parse(undefined)).toBe(256);
    expect(choices([256, 512]).safeParse('256').success).toBe(false);
  });

  it('refuses a list that offers nothing', () => {
    expect(() => choices([])).toThrow(/at least one value/);
    expect(() => choices([Number.NaN])).toThrow(/finite numbers/);
  });
});
