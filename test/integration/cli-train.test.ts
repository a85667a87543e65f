import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runPawl } from '../helpers/run-pawl.ts';

const TRAINS = path.resolve('test/fixtures/predictors/trains.ts');
const cwd = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
afterAll(() => rmSync(cwd, { recursive: true }));

describe('pawl train', () => {
  it('runs one training: result on stdout, its log on stderr, exit code 0', async () => {
    const { code, stdout, stderr } = await runPawl(['train', TRAINS, '-i', 'steps=2', '-i', 'name=mine'], {
      cwd,
    });
    expect({ code, output: JSON.parse(stdout) }).toEqual({ code: 0, output: { weights: 'mine-2.bin' } });
    expect(stderr).toMatch(/^step 1 of 2\nstep 2 of 2\npawl: succeeded after/m);
  });

  it('takes the predictor from COG_TRAIN_TYPE_STUB', async () => {
    const env = { COG_TRAIN_TYPE_STUB: `${TRAINS}:Predictor`, COG_PREDICT_TYPE_STUB: 'nothing.ts' };
    const { code, stdout } = await runPawl(['train', '--json', '-'], { cwd, env, stdin: '{"steps": 1}' });
    expect({ code, output: JSON.parse(stdout) }).toEqual({
      code: 0,
      output: { weights: 'model-1.bin', trained: 1 },
    });
  });

  it('a failed training is exit code 1', async () => {
    const { code, stdout, stderr } = await runPawl(['train', TRAINS, '-i', 'steps=1', '-i', 'fail=true'], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^pawl: the training failed: RangeError: the loss is not a number\. \[PAWL_PREDICT_FAILED\]\n$/m,
    );
  });

  it.each<[string, string[], RegExp]>([
    ['an input of predict', ['-i', 's=x'], /^pawl: -i names the input "s", which does not exist; .*"steps"/m],
    ['a missing input', [], /^pawl: The input "steps" is required; add -i steps=VALUE\.$/m],
    [
      'a value out of range',
      ['-i', 'steps=101'],
      /^pawl: the input is invalid: steps: .*100.*\[PAWL_INPUT_INVALID\]$/m,
    ],
  ])('%s is exit code 2', async (_, args, line) => {
    const { code, stdout, stderr } = await runPawl(['train', TRAINS, ...args], { cwd });
    expect(stderr).toMatch(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('no REF is bad usage that names COG_TRAIN_TYPE_STUB', async () => {
    const { code, stderr } = await runPawl(['train'], { cwd, env: { COG_PREDICT_TYPE_STUB: TRAINS } });
    expect([code, stderr]).toEqual([2, expect.stringContaining('set COG_TRAIN_TYPE_STUB')]);
  });

  it('a predictor without train() is exit code 1, and says so', async () => {
    const kinds = path.resolve('test/fixtures/predictors/kinds.mjs');
    const { code, stderr } = await runPawl(['train', kinds], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pawl: setup failed: .*has no train\(\).*\[PAWL_PREDICTOR_INVALID\]$/m);
  });

  it('Ctrl-C cancels and is exit code 130', async () => {
    const args = ['train', TRAINS, '-i', 'steps=1', '-i', `release=${path.join(cwd, 'never')}`];
    const { code, stderr } = await runPawl(args, {
      cwd,
      onStderr: (soFar, kill) => {
        if (soFar.includes('step 1 of 1')) kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/^pawl: canceled after/m);
  });
});
