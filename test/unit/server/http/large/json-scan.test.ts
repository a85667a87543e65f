import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../../../../src/base/json.ts';
import { KIND, scanJson } from '../../../../../src/server/http/large/json-scan.ts';

const scan = (text: string) => {
  const bytes = Buffer.from(text);
  return scanJson(bytes, { from: 0, to: bytes.length });
};

function parsed(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r ');
const scalar = fc.constantFrom(
  ...['0', '-0', '-1.5e+3', '1E5', '12.25', '1e-7', 'true', 'false', 'null', '""', '"é€🌍"', '"\\u00e9\\n"'],
  ...['"a\\"b"', '"\\\\"', '"}]{["', '"\\ud800"', '1e999', `-${'9'.repeat(320)}`],
);
const name = fc.constantFrom('"a"', '"b"', '"\\u0061"', '"__proto__"', '""', '"é"');
const { value: text } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('object')),
  list: fc
    .array(fc.tuple(space, tie('value'), space), { maxLength: 4 })
    .map((items) => `[${items.map((parts) => parts.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(space, name, space, fc.constant(':'), space, tie('value'), space), { maxLength: 4 })
    .map((members) => `{${members.map((parts) => parts.join('')).join(',')}}`),
}));
const MISTAKES = ['', ',', '"', '\\', '}', ']', ':', '0', '-', '.', 'e', 'x', '\u0000', '\n', '[', '{', 'u'];
const mistaken = fc
  .tuple(text, fc.nat(), fc.constantFrom(...MISTAKES), fc.nat({ max: 2 }))
  .map(([whole, place, mistake, dropped]) => {
    const at = place % (whole.length + 1);
    return whole.slice(0, at) + mistake + whole.slice(at + dropped);
  });

describe('the scan of JSON', () => {
  it('takes what JSON.parse takes, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(text, mistaken), (given) => {
        const whole = parsed(given.toWellFormed());
        const { isJson, depth } = scan(given);
        expect(isJson).toBe(whole !== null && given.trim() !== '');
        // A member that comes twice hides what was in the first.
        if (whole !== null) expect(depth).toBeGreaterThanOrEqual(depthOf(whole.value));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ...[
      '',
      ' ',
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      '1e+',
      '-',
      'tru',
      'nulll',
      '"',
      '"\\x"',
      '"\\u12g4"',
      '"\\u123',
    ],
    ...[
      '[1,]',
      '[,1]',
      '{"a":1,}',
      '{,}',
      '{"a"}',
      '{"a":}',
      '{a:1}',
      '[1 2]',
      '[}',
      '{]',
      '[[]',
      '"a\u0001"',
    ],
    ...['{"a":1]', '[1}', '1 2', "'a'", 'NaN', '{"a" "b"}', '{1:2}', '[]]', '\u00a01'],
  ])('does not take %j', (given) => {
    expect(scan(given).isJson).toBe(false);
    expect(parsed(given)).toBeNull();
  });

  it('takes space around it, and a byte order mark', () => {
    expect(scan('\ufeff \n[{"a":1}]\t ')).toMatchObject({ isJson: true, containers: 2 });
    expect(scan(' \ufeff[]').isJson).toBe(false);
  });

  it('ends where its range does', () => {
    const bytes = Buffer.from('{"a":12345}');
    expect(scanJson(bytes, { from: 5, to: 10 }).isJson).toBe(true);
    expect(scanJson(bytes, { from: 5, to: 8 }).isJson).toBe(true);
    expect(scanJson(bytes, { from: 5, to: 11 }).isJson).toBe(false);
    expect(scanJson(Buffer.from('["abc"]'), { from: 1, to: 4 }).isJson).toBe(false);
  });

  it('tells the members of an object, where they lie and what is in them', () => {
    fc.assert(
      fc.property(text, (given) => {
        const bytes = Buffer.from(given);
        const { members } = scanJson(bytes, { from: 0, to: bytes.length });
        const value: unknown = JSON.parse(given);
        if (!isObject(value)) {
          expect(members).toEqual([]);
          return;
        }
        const textOf = ({ from, to }: { from: number; to: number }) => bytes.toString('utf8', from, to);
        const told = (members ?? []).map((member) => [
          JSON.parse(textOf(member.name)),
          JSON.parse(textOf(member.value)),
        ]);
        expect(Object.fromEntries(told)).toEqual(value);
        for (const member of members ?? [])
          expect(member.kinds).toEqual(kindsOf(textOf(member.value), member.kinds.length));
      }),
      { numRuns: 300 },
    );
  });

  it('knows numbers that a double may not hold', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.stringMatching(/^[1-9][0-9]{0,400}$/),
          fc.constantFrom('', '.5', 'e1', 'E+300', 'e0309', 'e-9'),
        ),
        ([digits, rest]) => {
          if (!Number.isFinite(Number(digits + rest)))
            expect(scan(`[${digits}${rest}]`).mayOverflow).toBe(true);
        },
      ),
    );
    expect(scan('[1.7976931348623157e99,-1234567890.123456789,1e-400]').mayOverflow).toBe(false);
  });

  it('measures what objects cost by how differently they begin', () => {
    const list = (count: number, item: (i: number) => string) =>
      scan(`[${Array.from({ length: count }, (_, i) => item(i)).join(',')}]`).shapes;
    expect(list(10_000, (i) => `{"index":${i},"name":"x","more":{"a":1}}`)).toBe(4);
    const near = (count: number) => [Math.round(count * 0.97), Math.round(count * 1.03)] as const;
    const expectNear = (found: number, [least, most]: readonly [number, number]) => {
      expect(found).toBeGreaterThanOrEqual(least);
      expect(found).toBeLessThanOrEqual(most);
    };
    expectNear(
      list(100_000, (i) => `{"${i}":1}`),
      near(100_000),
    );
    const names = Array.from({ length: 100_000 }, (_, i) => `"name ${i}":1`).join(',');
    expectNear(scan(`{${names}}`).shapes, near(100_000));
    // Few names, in ever another order.
    const orders = list(2_000, (i) => {
      const order = Array.from({ length: 11 }, (_, bit) =>
        (i >> bit) & 1 ? [bit, bit + 20] : [bit + 20, bit],
      );
      return `{${order
        .flat()
        .map((one) => `"${one}":1`)
        .join(',')}}`;
    });
    expect(orders).toBeGreaterThan(5_000);
  });

  it('counts what is open at a time, however deep', () => {
    const deep = scan(`${'[{"a":'.repeat(10_000)}0${'}]'.repeat(10_000)}`);
    expect(deep).toMatchObject({ isJson: true, depth: 20_000, containers: 20_000, hasEscapes: false });
  });
});

/** Of a text, by parsing it; numbers by how they look. */
function kindsOf(text: string, levels: number): number[] {
  const kinds = Array.from({ length: levels }, () => 0);
  // Members of one name are all counted; here each gets a name of its own.
  let names = 0;
  const apart = text.replace(/"(?:[^"\\]|\\.)*"(?=\s*:)/g, () => `"${names++}"`);
  const marked = apart.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `{"number":${JSON.stringify(token)}}`,
  );
  const note = (value: unknown, level: number) => {
    if (level >= levels) return;
    kinds[level] = (kinds[level] ?? 0) | kindOf(value);
    if (typeof value !== 'object' || value === null || isNumber(value)) return;
    for (const item of Object.values(value)) note(item, level + 1);
  };
  note(JSON.parse(marked), 0);
  return kinds;
}

const isNumber = (value: object): value is { number: string } => 'number' in value;

function kindOf(value: unknown): number {
  if (typeof value === 'string') return KIND.string;
  if (typeof value === 'boolean' || value === null) return KIND.word;
  if (Array.isArray(value)) return KIND.array;
  if (typeof value === 'object' && isNumber(value))
    return /^-?\d+$/.test(value.number) ? KIND.integer : KIND.number;
  return KIND.object;
}
