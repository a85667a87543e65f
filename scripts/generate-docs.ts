// Writes the reference pages that are made of tables in the source: settings, errors, routes, limits. Never edit those pages;
// `npm run generate` writes them again, and a tidy test fails while they are stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatBytes } from '../src/base/format-bytes.ts';
import { REFERENCE_VARIABLES } from '../src/cli/cog-variables.ts';
import type { Setting } from '../src/cli/setting.ts';
import { SETTING_KEYS, SETTINGS } from '../src/cli/settings.ts';
import { ERRORS } from '../src/errors.ts';
import { LIMITS } from '../src/limits.ts';
import { BEHIND_THE_ANSWERS, DEVIATIONS, type Deviation } from '../test/conformance/deviations.ts';
import { WEAK_SPOTS } from '../test/conformance/weak-spots.ts';
import { COG_VERSION } from '../test/helpers/coglet.ts';
import { httpApiPage } from './http-api-page.ts';
import { page, table } from './markdown.ts';

/** Path below docs to content. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['reference/configuration.md', configurationPage()],
    ['reference/errors.md', errorsPage()],
    ['reference/http-api.md', httpApiPage()],
    ['reference/limits.md', limitsPage()],
    ['compatibility.md', compatibilityPage()],
    ['weak-spots.md', weakSpotsPage()],
  ]);
}

function configurationPage(): string {
  const rows: Setting<unknown>[] = SETTING_KEYS.map((key) => SETTINGS[key]);
  const flags = rows.filter((row) => row.flag !== null);
  const inherited = rows.flatMap((row) =>
    row.inherited === null ? [] : [[`\`${row.inherited.name}\``, settingName(row), row.inherited.accepts]],
  );
  return page('Configuration', [
    'Flags win over `PAWL_*` variables, which win over the variables that Cog reads. A flag or a `PAWL_*` variable',
    'with a wrong value is bad usage: one line on stderr, exit code 2. A wrong value in a variable of Cog’s is a warning,',
    'except in `PORT`: a server on another port than was meant helps nobody. An empty variable counts as unset.',
    '',
    'Seconds may have decimals (`--cancel-kill 0.5`). Bytes may have a unit: `kB MB GB TB` are powers of 1000,',
    '`KiB MiB GiB TiB` of 1024 (`--max-body-bytes 10MiB`).',
    '',
    '## Flags',
    '',
    ...table(
      ['Flag', 'Variable', 'Takes', 'Default', 'Commands', 'What it is'],
      flags.map((row) => [
        `\`${row.flag}${row.metavar === null ? '' : ` ${row.metavar}`}\``,
        `\`${row.variable}\``,
        row.kind.accepts,
        row.fallbackText ?? 'off',
        row.commands.join(', '),
        row.help,
      ]),
    ),
    '',
    '## Variables without a flag',
    '',
    ...table(
      ['Variable', 'Takes', 'What it is'],
      rows
        .filter((row) => row.flag === null)
        .map((row) => [`\`${row.variable}\``, row.kind.accepts, row.help]),
    ),
    '',
    '## Variables of Cog’s',
    '',
    ...table(
      ['Variable', 'Sets', 'Takes'],
      [
        [`\`${REFERENCE_VARIABLES.predict}\``, 'REF', 'the predictor, where the command line names none'],
        [`\`${REFERENCE_VARIABLES.train}\``, 'REF', 'the same with `--mode train`'],
        ...inherited,
      ],
    ),
    '',
    '## Exit codes',
    '',
    ...table(
      ['Code', '`serve`', '`predict`, `train`', '`schema`', '`doctor`'],
      [
        ['0', 'stopped as asked', 'succeeded', 'printed', 'usable'],
        ['1', 'cannot listen', 'failed, or setup failed', 'the predictor cannot be loaded', 'a check failed'],
        ['2', 'bad usage', 'bad usage or invalid input', 'bad usage', 'bad usage'],
        ['130', 'forced by a second Ctrl-C', 'canceled by Ctrl-C', 'ended by Ctrl-C', 'ended by Ctrl-C'],
        ['143', 'forced by a second SIGTERM', 'canceled by SIGTERM', 'ended by SIGTERM', 'ended by SIGTERM'],
      ],
    ),
    '',
    '`PAWL_DEBUG=1` shows the stack behind a message of the command line.',
  ]);
}

function errorsPage(): string {
  return page('Errors', [
    'Every error that Pawl reports has one of these codes. HTTP answers carry it as `code`, a failed prediction as',
    '`error_code`. Where the status is `-`, the error ends a prediction, a worker or a command and answers no request.',
    '“Retry” says whether the same request may succeed later, unchanged.',
    '',
    ...table(
      ['Code', 'Status', 'Retry', 'When, and what to do'],
      Object.entries(ERRORS).map(([code, entry]) => [
        `\`${code}\``,
        entry.status === null ? '-' : String(entry.status),
        entry.retryable ? 'yes' : 'no',
        entry.summary,
      ]),
    ),
  ]);
}

function limitsPage(): string {
  return page('Limits', [
    'Everything that could grow or wait for ever has a limit. Those with a flag can be changed.',
    '',
    ...table(
      ['Limit', 'Value', 'Flag', 'What happens at it'],
      Object.entries(LIMITS).map(([name, { value, unit, flag, effect }]) => [
        `\`${name}\``,
        amount(value, unit),
        flag === null ? '-' : `\`${flag}\``,
        effect,
      ]),
    ),
  ]);
}

function compatibilityPage(): string {
  return page('Compatibility with Cog', [
    `Every scenario of \`test/conformance\` sends the same requests to Cog ${COG_VERSION} and to Pawl and compares the`,
    'answers, key by key. Pawl adds fields to the objects that Cog answers; whatever else differs is listed here, and the',
    'tests fail where something differs that is not, or where something listed no longer does.',
    ...Object.values(DEVIATIONS).flatMap((deviation) => describeDeviation(deviation, '##')),
    '',
    '## Behind the answers',
    '',
    'What no answer shows; tests of their own do.',
    ...BEHIND_THE_ANSWERS.flatMap((deviation) => describeDeviation(deviation, '###')),
  ]);
}

function describeDeviation({ title, cog, pawl, why }: Deviation, heading: '##' | '###'): string[] {
  return ['', `${heading} ${title}`, '', `- **Cog**: ${cog}`, `- **Pawl**: ${pawl}`, `- **Why**: ${why}`];
}

function weakSpotsPage(): string {
  return page('Weak spots of Cog’s server', [
    'What was found while reading and running it, what Pawl does instead, and the test that shows it.',
    '',
    ...table(
      ['', 'Cog', 'Pawl', 'Shown by'],
      Object.entries(WEAK_SPOTS).map(([number, { cog, pawl, shown }]) => [
        `W-${number}`,
        cog,
        pawl,
        [...new Set(shown.map((reference) => reference.split(' › ')[0] ?? ''))]
          .map((file) => `[\`${file.split('/').at(-1)}\`](../${file})`)
          .join(', '),
      ]),
    ),
  ]);
}

function amount(value: number, unit: 'bytes' | 'ms' | 'count'): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'count') return String(value);
  return value >= 1000 ? `${value / 1000} s` : `${value} ms`;
}

function settingName(row: Setting<unknown>): string {
  return `\`${row.flag ?? row.variable}\``;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = fileURLToPath(new URL('../docs/', import.meta.url));
  for (const [name, text] of referencePages()) writeFileSync(`${folder}${name}`, text);
}
