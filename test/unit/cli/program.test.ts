import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { type CommandCall, runProgram, type TaskCall } from '../../../src/cli/program.ts';

async function run(...argv: string[]) {
  const calls: { name: string; call: CommandCall | TaskCall }[] = [];
  let printed = '';
  let mistake: string | null = null;
  const note = (name: string) => async (call: CommandCall) => {
    calls.push({ name, call });
    return EXIT.ok;
  };
  try {
    await runProgram(
      argv,
      {
        serve: note('serve'),
        predict: note('predict'),
        train: note('train'),
        schema: note('schema'),
        doctor: note('doctor'),
      },
      { version: '9.8.7', print: (text) => (printed += text) },
    );
  } catch (error) {
    mistake = error instanceof Error ? error.message : String(error);
  }
  return { calls, printed, mistake };
}

describe('the command line', () => {
  it('hands doctor what it asked for, with or without a predictor', async () => {
    const { calls } = await run('doctor', '--json', '--workers', '2');
    expect(calls[0]).toEqual({
      name: 'doctor',
      call: { reference: undefined, flags: { workers: '2' }, format: 'json' },
    });
    expect((await run('doctor', 'p.ts')).calls[0]?.call).toMatchObject({ reference: 'p.ts', format: 'text' });
  });

  it('hands the reference and the flags that were given to the command', async () => {
    const { calls } = await run('serve', 'predict.ts', '--port', '0', '--await-explicit-shutdown');
    expect(calls).toEqual([
      {
        name: 'serve',
        call: { reference: 'predict.ts', flags: { port: '0', awaitExplicitShutdown: true } },
      },
    ]);
  });

  it('takes --flag=value and lets the last of a repeated flag win', async () => {
    const { calls } = await run('serve', '--port=1', '--port=2');
    expect(calls[0]?.call).toEqual({ reference: undefined, flags: { port: '2' } });
  });

  it.each(['predict', 'train'])('collects the inputs of %s in order, with its files', async (name) => {
    const { calls } = await run(name, 'p.ts', '-i', 'a=1', '-i', 'b=x=y', '--json', '-', '-o', 'out.png');
    expect(calls[0]?.name).toBe(name);
    expect(calls[0]?.call).toEqual({
      reference: 'p.ts',
      flags: {},
      inputs: ['a=1', 'b=x=y'],
      jsonFile: '-',
      outputFile: 'out.png',
    });
  });

  it.each([
    [['serve', 'p.ts', '--prot', '1'], /unknown option '--prot'.*--port/i],
    [['serv', 'p.ts'], /unknown command 'serv'.*serve/i],
    [['serve', 'p.ts', '--port'], '--port takes a whole number from 0 to 65535, and nothing follows it.'],
    [
      ['serve', '--host', '--port', '1'],
      '--host takes an IP address or a host name of this machine, and nothing follows it.',
    ],
    [['predict', 'p.ts', '-i'], '-i takes NAME=VALUE, and nothing follows it.'],
    [['predict', 'p.ts', '-o'], '-o takes the name of a file, and nothing follows it.'],
    [['serve', 'a.ts', 'b.ts'], '"pawl serve" takes one REF and no further arguments; flags start with --.'],
    [['predict', 'p.ts', '--workers', '2'], /unknown option '--workers'/i],
    [[], 'Name a command: "serve", "predict", "train", "schema" or "doctor". "pawl --help" explains them.'],
  ])('answers %j with one line', async (argv, expected) => {
    const { mistake, printed, calls } = await run(...argv);
    expect(mistake).toMatch(expected);
    expect(mistake).not.toContain('\n');
    expect(printed).toBe('');
    expect(calls).toEqual([]);
  });

  it('prints the version and nothing else', async () => {
    expect(await run('--version')).toEqual({ calls: [], printed: '9.8.7\n', mistake: null });
  });

  it.each(['serve', 'predict', 'schema'])('explains %s with its flags and exit codes', async (name) => {
    const { printed, mistake, calls } = await run(name, '--help');
    expect(printed).toContain('--setup-timeout <S>');
    expect(printed.replace(/\s+/g, ' ')).toContain('PAWL_SETUP_TIMEOUT, COG_SETUP_TIMEOUT');
    expect(printed).toContain('Exit codes:');
    expect({ mistake, calls }).toEqual({ mistake: null, calls: [] });
  });
});
