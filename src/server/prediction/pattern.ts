// The patterns of a predictor's schema, as the server tests them: on the event loop, and so never for long. What takes
// longer is left to the worker, which checks every input by the predictor's own schema, where a cancel can end it.
import { Script } from 'node:vm';
import { limit } from '../../limits.ts';

/** A text could not be judged in time: neither it nor its input is known to be wrong. */
export class PatternUndecided extends Error {
  override readonly name = 'PatternUndecided';
}

export interface Pattern {
  /** Throws PatternUndecided. */
  test(text: string): boolean;
}

/** Throws where the pattern is malformed. */
export function schemaPattern(source: string, flags = 'u'): Pattern {
  const expression = compile(source, flags);
  return isLinear(source) ? expression : new GuardedPattern(expression);
}

// JSON Schema wants patterns read as Unicode, but many that people write are legal only without.
function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    // Not a Unicode pattern; a pattern that is wrong either way throws here.
    return new RegExp(source);
  }
}

/**
 * Whether it is plain that the time grows only with the text: tried at one place, nothing repeated inside a group, and
 * at most one thing whose number is open. Most patterns that people write are of this kind, and cost no guard.
 */
export function isLinear(source: string): boolean {
  const bare = source.replaceAll(/\\[bBdDsSwW\\^$.*+?()[\]{}|/-]/g, 'x').replaceAll(/\[[^\]\\]*\]/g, 'x');
  if (!bare.startsWith('^') || /[\\[\]]|\(\?[^:]|\)[*+?{]/.test(bare)) return false;
  if (splitsOutsideGroups(bare)) return false;
  // Choices one after the other multiply.
  if (bare.includes('|') && bare.indexOf('(') !== bare.lastIndexOf('(')) return false;
  const open = bare.match(/[*+?]|\{\d+,\d*\}/g) ?? [];
  // The question mark of a group that does not capture, and none else, follows a parenthesis.
  return open.length - (bare.match(/\(\?:/g) ?? []).length <= 1;
}

/** `^a|b`: the second alternative is tried at every place. */
function splitsOutsideGroups(bare: string): boolean {
  let depth = 0;
  for (const character of bare) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}

// Only what a script calls can be stopped. It has no arguments but the global object.
const KEY = Symbol.for('pawl.pattern');
const script = new Script("globalThis[Symbol.for('pawl.pattern')]()");

const TRIES_MAX = 3;

class GuardedPattern implements Pattern {
  readonly #expression: RegExp;
  /** Texts this long, or longer, have taken too long once: they are not tried again. */
  #tooLong = Number.POSITIVE_INFINITY;

  constructor(expression: RegExp) {
    this.#expression = expression;
  }

  test(text: string): boolean {
    if (text.length >= this.#tooLong) throw new PatternUndecided();
    for (let tries = 1; ; tries++) {
      const before = process.cpuUsage();
      const found = this.#testInTime(text);
      if (found !== null) return found;
      const { user, system } = process.cpuUsage(before);
      // The guard's clock runs also while a busy machine lets the server wait.
      const wasBusy = (user + system) / 1000 > limit('patternMs') / 2;
      if (wasBusy || tries === TRIES_MAX) break;
    }
    this.#tooLong = text.length;
    throw new PatternUndecided();
  }

  /** Null where the time was up. */
  #testInTime(text: string): boolean | null {
    Reflect.set(globalThis, KEY, () => this.#expression.test(text));
    try {
      return script.runInThisContext({ timeout: limit('patternMs') }) === true;
    } catch (error) {
      if (isTimeout(error)) return null;
      throw error;
    } finally {
      Reflect.deleteProperty(globalThis, KEY);
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
