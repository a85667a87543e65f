import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runPawl } from '../helpers/run-pawl.ts';

const HELLO = 'examples/hello/predict.ts';

describe('bad usage', () => {
  it.each<[string[], RegExp]>([
    [[], /^pawl: Name a command/],
    [['serv', HELLO], /^pawl: Unknown command 'serv'.*serve/],
    [['serve'], /^pawl: Name the predictor: REF .* COG_PREDICT_TYPE_STUB/],
    [
      ['serve', 'examples/hello/predict.js'],
      /does not exist\. Did you mean examples\/hello\/predict\.ts\?$/m,
    ],
    [['serve', 'examples/hello'], /names the directory "examples\/hello"/],
    [['serve', HELLO, '--prot', '1'], /^pawl: Unknown option '--prot' \(Did you mean --port\?\)/],
    [
      ['serve', HELLO, '--port', '70000'],
      /^pawl: --port takes a whole number from 0 to 65535, not "70000"\./,
    ],
    [['serve', HELLO, '--port'], /^pawl: --port takes a whole number .* nothing follows it/],
    [['serve', HELLO, HELLO], /^pawl: "pawl serve" takes one REF/],
    [['predict', HELLO, '-i', 'name'], /^pawl: -i takes NAME=VALUE, not "name"\./],
    [['predict', HELLO, '--json', 'none.json'], /^pawl: The input file "none\.json" does not exist\./],
    [['predict', HELLO, '-o', '-'], /-o takes the name of a file or a directory, not -/],
    [
      ['predict', HELLO, '-o', 'none/out.png'],
      /^pawl: -o takes the name of a file, .*; the directory "none" does not/,
    ],
    [['schema', 'none.ts'], /^pawl: REF names the file "none\.ts", which does not exist\./],
  ])('%j is one line on stderr and exit code 2', async (args, line) => {
    const { code, stdout, stderr } = await runPawl(args);
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  const serve = ['serve', HELLO, '--port', '0'];
  it.each([
    ['/proc/nope', 'ENOENT', serve],
    ['/proc/nope', 'ENOENT', ['predict', HELLO, '-i', 'name=x']],
    ['/proc/nope/deeper', 'ENOENT', ['schema', HELLO]],
    ['/sys/nope', 'E(?:PERM|ACCES|ROFS)', serve],
    [fileURLToPath(import.meta.url), 'ENOTDIR', serve],
    [`${fileURLToPath(import.meta.url)}/deeper`, 'ENOTDIR', serve],
  ])('--work-dir %s is refused at once', async (workDir, reason, command) => {
    const { code, stdout, stderr } = await runPawl([...command, '--work-dir', workDir]);
    const text = `no directory can be made in ${workDir} \\(${reason}: .*\\); name another --work-dir`;
    expect(stderr).toMatch(new RegExp(`^pawl: ${text}`));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('names the variable whose value is wrong', async () => {
    const { code, stderr } = await runPawl(['serve', HELLO], { env: { PAWL_WORKERS: 'two' } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'pawl: PAWL_WORKERS takes a whole number from 1 to 256, not "two".\n',
    });
  });

  it('reads --json from stdin, and says what is wrong there', async () => {
    const { code, stderr } = await runPawl(['predict', HELLO, '--json', '-'], { stdin: '{"name": ' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pawl: --json takes a JSON object, but stdin is not JSON/);
  });
});

it('--help and --version go to stdout', async () => {
  const [help, version] = await Promise.all([runPawl(['predict', '--help']), runPawl(['--version'])]);
  expect(help).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('-i, --input <NAME=VALUE>'),
  });
  expect(version).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
