import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startServer } from '../helpers/start-server.ts';

interface Health {
  readonly status: string;
  readonly setup: { readonly status: string; readonly logs: string };
}

const health = async (url: string) => (await (await fetch(`${url}/health-check`)).json()) as Health;

describe('output of loading and setup()', () => {
  it('is in setup.logs, from JavaScript and from a subprocess', async () => {
    const server = await startServer('test/fixtures/predictors/prints-in-setup.mjs');
    try {
      const { status, setup } = await health(server.url);
      expect(status).toBe('READY');
      expect(setup.status).toBe('succeeded');
      expect(setup.logs).toContain('on import\n');
      expect(setup.logs).toContain('in setup\nfrom a child of setup\n');
    } finally {
      await server.stop();
    }
  });

  it('is complete in setup.logs when setup() throws, with the stack after it', async () => {
    const server = await startServer('test/fixtures/predictors/fails-in-setup.ts', { until: 'listening' });
    try {
      const { setup } = await eventually('SETUP_FAILED', async () => {
        const report = await health(server.url);
        return report.status === 'SETUP_FAILED' ? report : null;
      });
      expect(setup.status).toBe('failed');
      expect(setup.logs).toContain('last words of setup\nno newline before the throw');
      expect(setup.logs).toContain('Error: weights are missing');
      // Line and column of the throw in the TypeScript source, and the function around it.
      expect(setup.logs).toMatch(/at loadWeights .*fails-in-setup\.ts:8:11/);
      expect(setup.logs).not.toMatch(/dist\/worker/);
    } finally {
      await server.stop();
    }
  });
});
