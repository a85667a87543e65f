// Finds where a text stops being JSON. Run only on text that JSON.parse has refused: V8 does not always say where.

/** 1-based, for people. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const PUNCTUATION = '[]{},:';
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// In steps, because a regular expression that runs over a whole large string exhausts its stack.
const STRING_STEP = /[ !#-[\]-\uffff]{1,1024}|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end';

export function jsonErrorPosition(text: string): Position {
  return positionOf(text, jsonErrorOffset(text));
}

function jsonErrorOffset(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    const start = skipSpace(text, offset);
    if (expected === 'comma or end' && open.length === 0) return start;
    const [token, end] = tokenAt(text, start);
    if (token === null) return end;
    const next = step(expected, token, open);
    if (next === null) return start;
    expected = next;
    offset = end;
  }
}

/** The token and where it ends; null, and where it goes wrong, if there is none. */
function tokenAt(text: string, start: number): [string | null, number] {
  const first = text.charAt(start);
  if (first !== '' && PUNCTUATION.includes(first)) return [first, start + 1];
  if (first !== '"') {
    LITERAL.lastIndex = start;
    return LITERAL.test(text) ? ['literal', LITERAL.lastIndex] : [null, start];
  }
  let end = start + 1;
  STRING_STEP.lastIndex = end;
  while (STRING_STEP.test(text)) end = STRING_STEP.lastIndex;
  return text.charAt(end) === '"' ? ['string', end + 1] : [null, end];
}

/** What may follow; null where the token may not stand here. Keeps `open`, the brackets that are to be closed. */
function step(expected: Expected, token: string, open: string[]): Expected | null {
  switch (expected) {
    case 'colon':
      return token === ':' ? 'value' : null;
    case 'key':
    case 'key or }':
      if (token === 'string') return 'colon';
      return token === '}' && expected === 'key or }' ? close(open, '}') : null;
    case 'comma or end':
      if (token === ',') return open.at(-1) === '{' ? 'key' : 'value';
      return close(open, token);
    case 'value':
    case 'value or ]':
      if (token === '[' || token === '{') {
        open.push(token);
        return token === '[' ? 'value or ]' : 'key or }';
      }
      if (token === 'literal' || token === 'string') return 'comma or end';
      return token === ']' && expected === 'value or ]' ? close(open, ']') : null;
  }
}

function close(open: string[], token: string): Expected | null {
  const opener = open.at(-1);
  if (!((token === ']' && opener === '[') || (token === '}' && opener === '{'))) return null;
  open.pop();
  return 'comma or end';
}

function skipSpace(text: string, offset: number): number {
  SPACE.lastIndex = offset;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
