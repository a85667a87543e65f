// The command line itself: which commands and flags exist, and what a wrong one is called. commander parses; every
// word the user reads about a mistake goes through usageError, so that bad usage is one line and exit code 2.
import { Command, CommanderError, Option } from 'commander';
import { assertNever } from '../base/assert.ts';
import { REFERENCE_VARIABLES } from './cog-variables.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { alternatives } from './flag-values.ts';
import type { FlagTexts } from './read-config.ts';
import type { CommandName, Setting, SettingKey } from './setting.ts';
import { SETTING_KEYS, SETTINGS } from './settings.ts';
import { usageError } from './usage-error.ts';

export interface CommandCall {
  readonly reference: string | undefined;
  readonly flags: FlagTexts;
}

/** `pawl predict` or `pawl train`. */
export interface TaskCall extends CommandCall {
  /** `name=value`, in the order given. */
  readonly inputs: readonly string[];
  readonly jsonFile: string | undefined;
  readonly outputFile: string | undefined;
}

export interface DoctorCall extends CommandCall {
  readonly format: 'text' | 'json';
}

/** What main.ts offers; each loads its own modules, so that a command pays only for itself. Resolves when it has ended. */
export interface CommandTable {
  serve(call: CommandCall): Promise<ExitCode>;
  predict(call: TaskCall): Promise<ExitCode>;
  train(call: TaskCall): Promise<ExitCode>;
  schema(call: CommandCall): Promise<ExitCode>;
  doctor(call: DoctorCall): Promise<ExitCode>;
}

export interface ProgramOptions {
  readonly version: string;
  /** Help and version text. */
  print(text: string): void;
}

const COMMAND_NAMES: readonly CommandName[] = ['serve', 'predict', 'train', 'schema', 'doctor'];

const SUMMARIES: { readonly [K in CommandName]: string } = {
  serve: 'serve a predictor over HTTP',
  predict: 'run one prediction, without HTTP',
  train: 'run one training, without HTTP',
  schema: 'print the OpenAPI document of a predictor',
  doctor: 'check whether this machine can run predictions, and say how to mend what is wrong',
};

function referenceHelp(name: CommandName): string {
  const { predict, train } = REFERENCE_VARIABLES;
  const variable = name === 'train' ? train : predict;
  if (name === 'doctor') return 'path/to/file[:Export]: a predictor to load as well';
  const inTrainMode = name === 'serve' ? `, and ${train} with --mode train` : '';
  return `path/to/file[:Export]; without it ${variable} names the predictor${inTrainMode}`;
}

const FOOTERS: { readonly [K in CommandName]: string } = {
  serve: `
Flags win over PAWL_* variables, which win over Cog's. Bytes may have a unit: 500kB, 10MiB.
The first line on stdout is "Listening on http://HOST:PORT"; the log goes to stderr.
SIGTERM or Ctrl-C finishes what runs, within --shutdown-grace; a second one stops at once.

Exit codes: 0 stopped as asked, 1 cannot listen, 2 bad usage.`,
  predict: inputsFooter('predict'),
  train: inputsFooter('train'),
  schema: `
The predictor is loaded, its setup() does not run.

Exit codes: 0 printed, 1 the predictor cannot be loaded, 2 bad usage.`,
  doctor: `
Tries what a server and its workers rely on, in processes of its own: the addon, an interrupt, files and
sockets in the work directory. Limits are held against --workers and --concurrency. With REF the predictor
is loaded as well; its setup() does not run. Warnings say what a server would lack.

Exit codes: 0 usable, 1 a check failed, 2 bad usage.`,
};

function inputsFooter(name: 'predict' | 'train'): string {
  return `
-i values follow the ${name === 'train' ? 'schema trainInput of the predictor' : "predictor's schema"}:
  -i prompt=hello        text as it stands, also with a leading @
  -i scale=2             numbers, true and false
  -i image=@cat.png      a file, where the input takes one; so does a URL
  -i tag=a -i tag=b      a list, item by item; or as JSON: -i tag='["a","b"]'
  -i options='{"a":1}'   an object, as JSON
For a predictor without a schema, a value that parses as JSON is JSON, and text otherwise; @FILE stays text,
with a warning. The schema is known, and values are read by it, once setup() has ended.

The result goes to stdout, logs and progress to stderr: a text as it is, also in the parts that a
generator yields; other values, and the items of a declared list, as JSON.

A file output is written to -o FILE or to output.EXT here, several to FILE.0.EXT and on, each with its
own extension; to a folder, -o DIR, under their own names. The names are printed, older files replaced.
Outputs pass through memory: more than 256 MiB of them, files as base64, are refused.

Exit codes: 0 succeeded, 1 failed, 2 bad usage or invalid input, 130 canceled by Ctrl-C.`;
}

/** Parses `argv` (without node and script) and runs the command. Bad usage rejects with PAWL_USAGE. */
export async function runProgram(
  argv: readonly string[],
  commands: CommandTable,
  options: ProgramOptions,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const onEnd = (ended: ExitCode) => {
    code = ended;
  };
  const program = buildProgram(options);
  const asked = COMMAND_NAMES.filter((name) => name === argv[0]);
  // Five commands have some 150 flags, which are most of what there is to do here.
  for (const name of asked.length > 0 ? asked : COMMAND_NAMES) addCommand(program, name, commands, onEnd);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version arrive as errors too; they have been printed.
    if (error.exitCode === 0) return EXIT.ok;
    throw usageError(mistake(error, argv), { cause: error });
  }
}

function buildProgram(options: ProgramOptions): Command {
  return new Command('pawl')
    .description('Prediction server for machine-learning predictors in TypeScript and JavaScript.')
    .version(options.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => options.print(text),
      // Nothing of commander's own: runProgram throws the one line instead.
      writeErr: () => undefined,
      outputError: () => undefined,
    });
}

function addCommand(
  program: Command,
  name: CommandName,
  commands: CommandTable,
  onEnd: (code: ExitCode) => void,
): void {
  switch (name) {
    case 'serve':
    case 'schema': {
      const { command, call } = subcommand(program, name);
      command.action(async () => onEnd(await commands[name](call())));
      return;
    }
    case 'predict':
    case 'train': {
      const { command, call } = taskCommand(program, name);
      command.action(async () => onEnd(await commands[name](call())));
      return;
    }
    case 'doctor': {
      const { command, call } = subcommand(program, name);
      command.option('--json', 'print the findings as a JSON object');
      command.action(async () => {
        const format = command.getOptionValue('json') === true ? 'json' : 'text';
        onEnd(await commands.doctor({ ...call(), format }));
      });
      return;
    }
    default:
      assertNever(name);
  }
}

/** predict and train take the same flags. */
function taskCommand(program: Command, name: 'predict' | 'train'): Subcommand<TaskCall> {
  const { command, call } = subcommand(program, name);
  const inputs: string[] = [];
  command
    .addOption(
      new Option('-i, --input <NAME=VALUE>', 'an input; give it again for the next one').argParser(
        (text: string) => {
          inputs.push(text);
        },
      ),
    )
    .option('--json <FILE>', 'the whole input as a JSON object; "-" reads stdin; -i is added to it')
    .option('-o, --output <FILE>', 'file or folder where the output goes instead of output.EXT or stdout');
  return {
    command,
    call: () => ({
      ...call(),
      inputs,
      jsonFile: textOption(command, 'json', '--json'),
      outputFile: textOption(command, 'output', '-o'),
    }),
  };
}

interface Subcommand<Call> {
  readonly command: Command;
  call(): Call;
}

function subcommand(program: Command, name: CommandName): Subcommand<CommandCall> {
  const command = program.command(name).summary(SUMMARIES[name]).usage('[options] [REF]');
  command.description(`${SUMMARIES[name].replace(/^./, (letter) => letter.toUpperCase())}.`);
  command.argument('[REF]', referenceHelp(name)).addHelpText('after', FOOTERS[name]);
  const attributes: [SettingKey, `--${string}`, string][] = [];
  for (const key of SETTING_KEYS) {
    const setting: Setting<unknown> = SETTINGS[key];
    if (setting.flag === null || !setting.commands.includes(name)) continue;
    const option = new Option(
      setting.metavar === null ? setting.flag : `${setting.flag} <${setting.metavar}>`,
      describe(setting),
    );
    command.addOption(option);
    attributes.push([key, setting.flag, option.attributeName()]);
  }
  return {
    command,
    call() {
      const flags: { [K in SettingKey]?: string | true } = {};
      for (const [key, flag, attribute] of attributes) {
        const text = command.getOptionValue(attribute) === true ? true : textOption(command, attribute, flag);
        if (text !== undefined) flags[key] = text;
      }
      return { reference: command.args[0], flags };
    },
  };
}

function describe(setting: Setting<unknown>): string {
  const notes = [
    ...(setting.fallbackText === null ? [] : [`default: ${setting.fallbackText}`]),
    [setting.variable, ...(setting.inherited === null ? [] : [setting.inherited.name])].join(', '),
  ];
  return `${setting.help} (${notes.join('; ')})`;
}

/** A value that looks like a flag is a value that was forgotten: `--host --port 80`. */
function textOption(command: Command, attribute: string, flag: string): string | undefined {
  const value: unknown = command.getOptionValue(attribute);
  if (typeof value !== 'string') return undefined;
  if (value.startsWith('--')) throw usageError(missingValue(flag));
  return value;
}

function mistake(error: CommanderError, argv: readonly string[]): string {
  switch (error.code) {
    case 'commander.help':
      return `Name a command: ${alternatives(COMMAND_NAMES)}. "pawl --help" explains them.`;
    case 'commander.optionMissingArgument':
      return missingValue(argv.at(-1) ?? '');
    case 'commander.excessArguments':
      return `"pawl ${argv[0] ?? ''}" takes one REF and no further arguments; flags start with --.`;
    case 'commander.unknownOption':
      return `${oneLine(error.message)} ${helpHint(argv)}`;
    default:
      return oneLine(error.message);
  }
}

function missingValue(flag: string): string {
  if (flag === '-i' || flag === '--input') return `${flag} takes NAME=VALUE, and nothing follows it.`;
  const key = SETTING_KEYS.find((candidate) => SETTINGS[candidate].flag === flag);
  const accepts = key === undefined ? 'the name of a file' : SETTINGS[key].kind.accepts;
  return `${flag} takes ${accepts}, and nothing follows it.`;
}

function helpHint(argv: readonly string[]): string {
  const command = COMMAND_NAMES.find((name) => name === argv[0]);
  return `"pawl ${command === undefined ? '' : `${command} `}--help" lists the flags.`;
}

/** commander's sentence, without its label and with its suggestion on the same line. */
function oneLine(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? '' : '.'}`;
}
