import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { PawlError } from '../../../src/errors.ts';
import { userStack } from '../../../src/worker/model/user-stack.ts';
import { errorLine } from '../../../src/worker/thrown.ts';
import { wireError } from '../../../src/worker/wire-error.ts';

const trap = () => {
  throw new Error('do not look');
};
const cyclic: unknown[] = [];
cyclic.push(cyclic);
const revoked = Proxy.revocable({}, {});
revoked.revoke();

class Hostile extends Error {
  override get message(): string {
    return trap();
  }
  override get stack(): string {
    return trap();
  }
}

describe('what user code throws', () => {
  it.each<[string, unknown, string, string]>([
    ['an error', new RangeError('too far'), 'RangeError', 'too far'],
    ['an error without a message', new Error(), 'Error', ''],
    ['an error of another realm', runInNewContext('new TypeError("elsewhere")'), 'TypeError', 'elsewhere'],
    ['a DOMException', new DOMException('over', 'AbortError'), 'AbortError', 'over'],
    ['an error whose getters throw', new Hostile(), 'Error', ''],
    ['an error with a strange name', Object.assign(new Error('x'), { name: 7 }), 'Error', 'x'],
    ['a text', 'only text', 'Error', 'only text'],
    ['nothing', undefined, 'Error', 'undefined'],
    ['null', null, 'Error', 'null'],
    ['a symbol', Symbol('s'), 'Error', 'Symbol(s)'],
    ['an object', { code: 7 }, 'Error', '{"code":7}'],
    ['a cycle', cyclic, 'Error', '[object Array]'],
    ['an object that cannot be serialised', { toJSON: trap }, 'Error', '[object Object]'],
    ['a revoked proxy', revoked.proxy, 'Error', 'a value that cannot be read'],
    [
      'a proxy that lets nobody look',
      new Proxy({}, { getPrototypeOf: trap, get: trap }),
      'Error',
      'a value that cannot be read',
    ],
  ])('is read without harm: %s', (_what, thrown, name, message) => {
    expect(wireError(thrown, 'PAWL_PREDICT_FAILED')).toMatchObject({
      name,
      message,
      code: 'PAWL_PREDICT_FAILED',
    });
    expect(typeof userStack(thrown)).toBe('string');
    expect(typeof errorLine(thrown)).toBe('string');
  });

  it('has the code of the place it came from, whatever it calls its own', () => {
    const pretender = Object.assign(new Error('x'), { code: 'PAWL_INPUT_INVALID' });
    expect(wireError(pretender, 'PAWL_PREDICT_FAILED').code).toBe('PAWL_PREDICT_FAILED');
    expect(wireError(new PawlError('PAWL_INPUT_FILE_FAILED', 'x'), 'PAWL_PREDICT_FAILED').code).toBe(
      'PAWL_INPUT_FILE_FAILED',
    );
  });

  it('is bounded', () => {
    const { message, stack } = wireError(new Error('x'.repeat(1_000_000)), 'PAWL_PREDICT_FAILED');
    expect(message.length).toBeLessThan(70_000);
    expect(stack?.length).toBeLessThan(70_000);
  });

  it('shows its causes in the log, a ring of them only so often', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    Object.assign(inner, { cause: outer });
    const text = userStack(outer);
    expect(text.match(/caused by:/g)).toHaveLength(5);
  });
});
