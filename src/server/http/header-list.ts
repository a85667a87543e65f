// Splits header values that are lists (RFC 9110 §5.6): quoted strings may hold the separator.

export interface Parameter {
  /** Lower case. */
  readonly name: string;
  /** Without quotes; null where there is no `=`. */
  readonly value: string | null;
}

/** An element of a list: its first part, then the parameters behind semicolons. */
export type Element = readonly [Parameter, ...Parameter[]];

const ELEMENT = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const PART = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g;

export function headerList(value: string): Element[] {
  return (value.match(ELEMENT) ?? []).flatMap((element) => {
    const [first, ...rest] = (element.match(PART) ?? [])
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return first === undefined ? [] : [[parameter(first), ...rest.map(parameter)] satisfies Element];
  });
}

function parameter(part: string): Parameter {
  const at = part.indexOf('=');
  if (at === -1) return { name: part.toLowerCase(), value: null };
  const raw = part.slice(at + 1).trim();
  const quoted = /^"(.*)"$/s.exec(raw)?.[1];
  return { name: part.slice(0, at).trim().toLowerCase(), value: quoted?.replace(/\\(.)/g, '$1') ?? raw };
}
