import { expect, it } from 'vitest';
import { runPawl } from '../helpers/run-pawl.ts';

it('pawl schema prints the OpenAPI document and nothing else on stdout, without running setup()', async () => {
  const { code, stdout, stderr } = await runPawl(['schema', 'test/fixtures/predictors/shapes.ts']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { openapi, components } = JSON.parse(stdout);
  expect(openapi).toMatch(/^3\./);
  expect(components.schemas.Input.properties.image).toMatchObject({ type: 'string', format: 'uri' });
  expect(stdout).toContain('\n  "');
});

it('pawl schema of something that is no predictor is one line and exit code 1', async () => {
  const { code, stdout, stderr } = await runPawl(['schema', 'test/fixtures/predictors/not-a-predictor.mjs']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^pawl: .*not-a-predictor\.mjs.* \[PAWL_\w+\]\n$/);
});
