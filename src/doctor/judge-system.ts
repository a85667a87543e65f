// Judges Node, the platform, /proc, memory, processes and pid 1. Pure.
import { formatBytes } from '../base/format-bytes.ts';
import { type Finding, failure, ok, warning } from './finding.ts';
import type { InitFacts } from './init-facts.ts';
import type { DoctorPlan } from './plan.ts';
import type { SystemFacts } from './system-facts.ts';

/** As in package.json. */
const NODE_MIN = [20, 19] as const;
const NODE_TRIED_MAX = 26;
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const GLIBC_MIN = [2, 28] as const;
/** Measured, with a predictor that holds nothing. */
const SERVER_BYTES = 96 * 2 ** 20;
const WORKER_BYTES = 96 * 2 ** 20;
/** Threads, with room for a few subprocesses. */
const SERVER_TASKS = 16;
const WORKER_TASKS = 24;

export function judgeSystem(facts: SystemFacts, init: InitFacts, plan: DoctorPlan): Finding[] {
  return [
    judgeNode(facts),
    judgePlatform(facts),
    judgeProc(facts),
    judgeInit(init),
    judgeMemory(facts, plan),
    judgeProcesses(facts, plan),
  ];
}

function judgeNode({ node }: SystemFacts): Finding {
  if (isBelow(node, NODE_MIN)) {
    return failure('node', `${node} is too old`, `Install Node.js ${NODE_MIN.join('.')} or newer.`);
  }
  if (Number.parseInt(node, 10) > NODE_TRIED_MAX) {
    const message = `${node} is newer than any version that was tried`;
    return warning('node', message, `If something does not work, use Node.js ${NODE_TRIED_MAX}.`);
  }
  return ok('node', node);
}

function judgePlatform({ platform, arch, libc }: SystemFacts): Finding {
  const name = `${platform}-${arch}${libc === null ? '' : ` with ${libc}`}`;
  if (!PLATFORMS.includes(`${platform}-${arch}`)) {
    return warning('platform', `${name} is none that is supported`, `Supported are ${PLATFORMS.join(', ')}.`);
  }
  const [, glibc] = /^glibc (.+)$/.exec(libc ?? '') ?? [];
  if (glibc !== undefined && isBelow(glibc, GLIBC_MIN)) {
    const message = `${name}: the prebuilt addon needs glibc ${GLIBC_MIN.join('.')}`;
    return warning('platform', message, 'Build the addon here with `npm rebuild pawl`.');
  }
  if (platform === 'darwin') {
    return warning('platform', `${name}: written for, not yet tried`, 'Tell us what does not work.');
  }
  return ok('platform', name);
}

function judgeProc({ missingProcFiles }: SystemFacts): Finding {
  if (missingProcFiles?.length === 0) return ok('proc', '/proc is there');
  const what =
    missingProcFiles === null ? 'there is no /proc' : `${missingProcFiles.join(', ')} cannot be read`;
  const message = `${what}: subprocesses that left their parent are not found, and outlive a cancel`;
  return warning(
    'proc',
    message,
    'On Linux mount /proc, without hidepid for this user; other systems have none.',
  );
}

function judgeInit({ reapsOrphans, adopter }: InitFacts): Finding {
  if (reapsOrphans === null) return ok('init', 'not tried: it needs /proc');
  const who = adopter === null ? 'nobody' : `process ${adopter.pid} (${adopter.name})`;
  if (reapsOrphans) return ok('init', `${who} takes ended orphans off the process table`);
  const message = `${who} leaves ended orphans in the process table: those of a killed worker fill it over time`;
  return warning(
    'init',
    message,
    'Start the container with an init: `docker run --init`, or tini as its entry point.',
  );
}

function judgeMemory(facts: SystemFacts, { workers }: DoctorPlan): Finding {
  const { memoryBytes, isMemoryLimited, endsTogether } = facts;
  const total = `${formatBytes(roundToMiB(memoryBytes))}${isMemoryLimited ? ', the limit of this container' : ''}`;
  const needed = SERVER_BYTES + workers * WORKER_BYTES;
  if (memoryBytes < needed) {
    const message = `${total}: server and ${count(workers, 'worker')} take ${formatBytes(needed)} before any model is loaded`;
    return warning('memory', message, 'Raise the limit, or start fewer --workers.');
  }
  if (isMemoryLimited && endsTogether) {
    const message = `${total}; a worker that reaches it takes the server along (memory.oom.group)`;
    return warning('memory', message, 'Give the container room, or set memory.oom.group to 0.');
  }
  return ok('memory', total);
}

function judgeProcesses({ processesLeft }: SystemFacts, { workers }: DoctorPlan): Finding {
  if (processesLeft === null) return ok('processes', 'no limit of the container’s');
  const needed = SERVER_TASKS + workers * WORKER_TASKS;
  const message = `${processesLeft} more processes and threads may be started`;
  if (processesLeft >= needed) return ok('processes', message);
  const why = `${message}; server and ${count(workers, 'worker')} take about ${needed}`;
  return warning(
    'processes',
    why,
    'Raise the limit of the container (--pids-limit, pids.max), or start fewer --workers.',
  );
}

function isBelow(version: string, [major, minor]: readonly [number, number]): boolean {
  const [theirs = 0, theirMinor = 0] = version.split('.').map(Number);
  return theirs < major || (theirs === major && theirMinor < minor);
}

function roundToMiB(bytes: number): number {
  return Math.floor(bytes / 2 ** 20) * 2 ** 20;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
