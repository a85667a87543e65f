import { expect, it } from 'vitest';
import { describeFailure } from '../../../src/cli/failure.ts';
import { PawlError } from '../../../src/errors.ts';

it('says bad usage in one line, with exit code 2', () => {
  const error = new PawlError('PAWL_USAGE', '--port takes a whole number, not "x".');
  expect(describeFailure(error, {})).toEqual({
    text: 'pawl: --port takes a whole number, not "x".\n',
    exitCode: 2,
  });
});

it('adds the code of any other error, and keeps it on one line', () => {
  const error = new PawlError('PAWL_PORT_IN_USE', 'port 5000 is in use:\n  choose another --port');
  expect(describeFailure(error, {})).toEqual({
    text: 'pawl: port 5000 is in use: choose another --port. [PAWL_PORT_IN_USE]\n',
    exitCode: 1,
  });
});

it('calls an input that does not fit invalid usage', () => {
  expect(describeFailure(new PawlError('PAWL_INPUT_INVALID', 'scale: too small'), {}).exitCode).toBe(2);
});

it('asks for a report of a defect, without its stack', () => {
  const { text, exitCode } = describeFailure(new TypeError('x is not a function'), {});
  expect(text).toBe(
    'pawl: internal error: x is not a function. Please report it. Set PAWL_DEBUG=1 to see where.\n',
  );
  expect(exitCode).toBe(1);
});

it('shows the stack when PAWL_DEBUG=1 asks for it', () => {
  const { text } = describeFailure(new PawlError('PAWL_LOAD_FAILED', 'no export'), { PAWL_DEBUG: '1' });
  expect(text).toContain('\n    at ');
});
