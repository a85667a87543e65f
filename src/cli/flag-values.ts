// How the text of a flag or a PAWL_* variable becomes a value. Each kind knows the words for what it accepts, so
// that help, reference page and error message cannot disagree.
import { formatBytes } from '../base/format-bytes.ts';

import { parseHostPattern } from '../net/host-pattern.ts';

export interface ValueKind<T> {
  /** Completes "--flag takes …". */
  readonly accepts: string;
  /** undefined: the text is not one of those. */
  parse(text: string): T | undefined;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export function wholeNumber({ min, max }: Range): ValueKind<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    parse: (text) => within(/^\d+$/.test(text) ? Number(text) : Number.NaN, { min, max }),
  };
}

// Timers cannot wait longer: 2^31 - 1 milliseconds, almost 25 days.
export const SECONDS_MAX = 2_147_483;

/** Seconds on the outside, milliseconds inside. */
export function seconds(zero: 'zero allowed' | 'above zero'): ValueKind<number> {
  const least = zero === 'zero allowed' ? 'from 0' : 'above 0,';
  const min = zero === 'zero allowed' ? 0 : 1;
  return {
    accepts: `a number of seconds ${least} up to ${SECONDS_MAX}`,
    parse: (text) => {
      const ms = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Math.round(Number(text) * 1000) : Number.NaN;
      return within(ms, { min, max: SECONDS_MAX * 1000 });
    },
  };
}

/** A default in the words of such a flag. */
export function inSeconds(ms: number): string {
  return String(ms / 1000);
}

const BYTE_UNITS: { readonly [unit: string]: number } = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

export function bytes(max: number): ValueKind<number> {
  return {
    accepts: `a number of bytes from 1 to ${formatBytes(max)}, with a unit if you like (500kB, 10MiB)`,
    parse: (text) => {
      const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
      const factor = BYTE_UNITS[unit?.toLowerCase() ?? '-'];
      if (amount === undefined || factor === undefined) return undefined;
      if (factor === 1 && amount.includes('.')) return undefined;
      return within(Math.floor(Number(amount) * factor), { min: 1, max });
    },
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): ValueKind<T> {
  return {
    accepts: alternatives(choices),
    parse: (text) => choices.find((choice) => choice === text),
  };
}

export const httpUrl: ValueKind<string> = {
  accepts: 'an http or https URL',
  parse: (text) => (/^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined),
};

/** Separated by commas; an empty text is not one of them. */
export const hostPatterns: ValueKind<readonly string[]> = {
  accepts: 'hosts separated by commas, such as api.example.com,*.example.com,10.0.0.7:8080',
  parse: (text) => {
    const hosts = text.split(',').map((host) => host.trim());
    return hosts.every((host) => parseHostPattern(host) !== null) ? hosts : undefined;
  },
};

/** Comma-separated; `*` stands for all of them. */
export const origins: ValueKind<readonly string[]> = {
  accepts: 'origins such as https://app.example, separated by commas, or * for all',
  parse: (text) => {
    const list = text.split(',').map((item) => (item.trim() === '*' ? '*' : originOf(item.trim())));
    const valid = list.filter((item) => item !== null);
    return valid.length === list.length ? valid : undefined;
  },
};

/** As a browser sends it; null where there is more to it than scheme, host and port. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { origin, href } = new URL(text);
  return origin !== 'null' && href === `${origin}/` ? origin : null;
}

export function anyText(accepts: string): ValueKind<string> {
  return { accepts, parse: (text) => (text === '' ? undefined : text) };
}

/** A switch has no value on the command line; its variable has. */
export const yesOrNo: ValueKind<boolean> = {
  accepts: 'true or false (1 or 0)',
  parse: (text) => {
    const word = text.toLowerCase();
    if (word === 'true' || word === '1') return true;
    return word === 'false' || word === '0' ? false : undefined;
  },
};

function within(value: number, { min, max }: Range): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

/** "a", "b" or "c". */
export function alternatives(words: readonly string[]): string {
  const marked = words.map((word) => `"${word}"`);
  return marked.length < 2 ? marked.join('') : `${marked.slice(0, -1).join(', ')} or ${marked.at(-1)}`;
}
