// What a prediction gives: values, files, failures, metrics.
import type { Scenario } from '../scenario.ts';

export const OUTPUTS: readonly Scenario[] = [
  {
    name: 'values',
    twin: 'Kinds',
    async run(client) {
      for (const kind of ['nothing', 'number', 'object', 'list', 'empty', 'one', 'unicode', 'unknown']) {
        await client.post({ input: { kind } });
      }
    },
  },
  {
    name: 'items of a generator',
    twin: 'Items',
    async run(client) {
      for (const input of [{}, { count: 0 }, { count: 1 }, { count: 2, fail: true }])
        await client.post({ input });
    },
  },
  {
    name: 'failures',
    twin: 'Fails',
    async run(client) {
      for (const how of ['raise', 'exit', 'not at all']) await client.post({ input: { how } });
    },
  },
  {
    name: 'metrics',
    twin: 'Metrics',
    async run(client) {
      await client.post({ input: {} });
    },
  },
  {
    name: 'rules for metrics',
    twin: 'MetricRules',
    async run(client) {
      await client.post({ input: {} });
    },
  },
  {
    name: 'context',
    twin: 'Context',
    async run(client) {
      await client.post({ input: {}, context: { key: 'value' } });
      await client.post({ input: {} });
    },
  },
  {
    name: 'files',
    twin: 'Files',
    async run(client) {
      const file = `data:text/plain;base64,${Buffer.from('text').toString('base64')}`;
      for (const copies of [1, 2, 0]) await client.post({ input: { file, copies } });
      await client.post({ input: { file: 'http://127.0.0.1:1/nothing' } });
      await client.post({ input: { file: 5 } });
    },
  },
  {
    name: 'one file',
    twin: 'OneFile',
    async run(client) {
      await client.post({ input: {} });
    },
  },
];
