// Judges what the probe found: the addon, its interrupts, the adoption of orphans. Pure.
import { type Finding, failure, ok, warning } from './finding.ts';
import type { ProbeLine, ProbeReport } from './probe-report.ts';

const FALLS_BACK =
  'a cancel of JavaScript that blocks costs the worker, after --cancel-kill, and the model is loaded again';

export function judgeProbe({ lines, trouble }: ProbeReport, mend: string): Finding[] {
  const addon = find(lines, 'addon');
  if (addon === null || addon.file === null) return [judgeMissing(addon, trouble, mend)];
  return [judgeLoaded(addon.file, addon), judgeInterrupts(lines, trouble), judgeOrphans(lines)];
}

type AddonLine = Extract<ProbeLine, { type: 'addon' }>;

function judgeMissing(addon: AddonLine | null, trouble: string | null, mend: string): Finding {
  if (addon === null) {
    return failure('addon', `loading it ended the process that tried: ${trouble ?? 'it said nothing'}`, mend);
  }
  return failure(
    'addon',
    `it could not be loaded, and no worker starts without it.${tried(addon.attempts)}`,
    mend,
  );
}

function judgeLoaded(file: string, { attempts, isForced }: AddonLine): Finding {
  const origin = file.includes('prebuilds') ? 'prebuilt' : 'built here';
  const broken = attempts.filter(({ reason }) => reason !== 'no such file');
  if (isForced) return ok('addon', `${file}, named by PAWL_ADDON`);
  if (broken.length === 0) return ok('addon', `${file} (${origin})`);
  const message = `${file} (${origin}) is used, because a better one could not be loaded:${tried(broken)}`;
  return warning('addon', message, 'Build it again with `npm rebuild pawl`, or remove the broken file.');
}

function tried(attempts: AddonLine['attempts']): string {
  return attempts.map(({ file, reason }) => `\n${file}: ${reason}`).join('');
}

function judgeInterrupts(lines: readonly ProbeLine[], trouble: string | null): Finding {
  const prepared = find(lines, 'interrupts');
  if (prepared?.unavailable != null) {
    const message = `unavailable, because ${prepared.unavailable}: ${FALLS_BACK}`;
    return warning('interrupts', message, 'Use a Node.js from nodejs.org, version 20, 22, 24 or 26.');
  }
  const interrupted = lines.filter((line) => line.type === 'interrupted');
  if (prepared !== null && trouble === null && interrupted.length === 2) {
    const took = interrupted.map(({ blocking, ms }) => `a ${blocking} after ${ms.toFixed(1)} ms`).join(', ');
    return ok('interrupts', `ended ${took}`);
  }
  const what = interrupted.length === 1 ? 'a blocking system call' : 'an endless loop';
  const message = `the trial with ${what} went wrong: ${trouble ?? 'it was not ended'}`;
  return failure('interrupts', message, 'Build the addon for this Node with `npm rebuild pawl`.');
}

function judgeOrphans(lines: readonly ProbeLine[]): Finding {
  const line = find(lines, 'orphans');
  if (line?.adopts === null) return ok('orphans', 'a worker adopts what its subprocesses leave behind');
  const why = line?.adopts ?? 'it was not tried';
  const message = `a worker does not adopt what its subprocesses leave behind (${why}): a daemon that a prediction starts may outlive its cancel`;
  return warning('orphans', message, 'Linux has it (PR_SET_CHILD_SUBREAPER); a sandbox may forbid it.');
}

function find<T extends ProbeLine['type']>(
  lines: readonly ProbeLine[],
  type: T,
): Extract<ProbeLine, { type: T }> | null {
  const isIt = (line: ProbeLine): line is Extract<ProbeLine, { type: T }> => line.type === type;
  return lines.find(isIt) ?? null;
}
