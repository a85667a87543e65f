import { describe, expect, it } from 'vitest';
import { commandLog, Transcript } from '../../../src/cli/command-log.ts';

function transcript() {
  const seen = { text: '' };
  const target = new Transcript((text) => {
    seen.text += text;
  });
  return { seen, target, log: commandLog(target) };
}

describe('stderr of a command', () => {
  it('never puts a line of ours into the middle of one of the predictor', () => {
    const { seen, target } = transcript();
    target.output('half');
    target.line('done');
    target.output('');
    target.line('really');
    expect(seen.text).toBe('half\npawl: done\npawl: really\n');
  });

  it('shows what a worker prints outside a prediction, and warnings', () => {
    const { seen, log } = transcript();
    log.info({ worker: 0, origin: 'setup', stream: 'stdout' }, 'loading weights');
    log.info({ worker: 0, pid: 7 }, 'a worker was spawned');
    log.info({ prediction: 'p', stream: 'stdout' }, 'shown by the prediction itself');
    log.warn({ error: new Error('two\nlines') }, 'a file stays');
    expect(seen.text).toBe('loading weights\npawl: warning: a file stays: two lines\n');
  });

  it('leaves an error that has a code or is a worker’s to the end of the command', () => {
    const { seen, log } = transcript();
    log.error({ code: 'PAWL_SETUP_THREW' }, 'told later');
    log.error({ worker: 0 }, 'setup() failed');
    log.error({ error: new Error('why') }, 'an observer failed');
    expect(seen.text).toBe('pawl: an observer failed: why\n');
  });
});
