// Judges the limits that grow with workers and slots: descriptors and pipes. Pure. The sums count what a server and its
// workers open, measured with 1, 8 and 64 slots.
import { formatBytes } from '../base/format-bytes.ts';
import { limit } from '../limits.ts';
import { type Finding, failure, ok, warning } from './finding.ts';
import type { DoctorPlan } from './plan.ts';
import type { SystemFacts } from './system-facts.ts';

/** While modules are loaded many files are open at a time; a worker moves its channels to descriptors from 100 on. */
const SERVER_FILES = 64;
const WORKER_FILES = 112;
/** Per slot: its socket in the server; its socket and two pipes in the worker. */
const SLOT_FILES = { server: 1, worker: 5 };
/** Per running prediction besides: its client and a delivery; its downloads, each a socket and a file. */
const PREDICTION_FILES = { server: 2, worker: 2 * limit('downloadsParallelMax') };
/** Clients that only look. */
const CLIENT_FILES = 128;

export function judgeCapacity(facts: SystemFacts, plan: DoctorPlan): Finding[] {
  return [judgeFiles(facts, plan), judgePipes(facts, plan)];
}

function judgeFiles({ openFilesMax }: SystemFacts, plan: DoctorPlan): Finding {
  const check = 'open files';
  if (openFilesMax === null) return ok(check, 'the limit is unknown on this system');
  const { workers, slots } = plan;
  const allSlots = workers * slots;
  const least = Math.max(
    SERVER_FILES + allSlots * SLOT_FILES.server,
    WORKER_FILES + slots * SLOT_FILES.worker,
  );
  const enough = Math.max(
    SERVER_FILES + allSlots * (SLOT_FILES.server + PREDICTION_FILES.server) + CLIENT_FILES,
    WORKER_FILES + slots * (SLOT_FILES.worker + PREDICTION_FILES.worker),
  );
  const mend = `Raise it to ${enough} or more (ulimit -n, LimitNOFILE=, --ulimit nofile=), or lower --concurrency.`;
  const message = `${openFilesMax} per process`;
  if (openFilesMax < least) return failure(check, `${message}; ${capacity(plan)} need ${least}`, mend);
  if (openFilesMax < enough) {
    return warning(check, `${message}; ${capacity(plan)} under load may need ${enough}`, mend);
  }
  return ok(check, openFilesMax === Number.POSITIVE_INFINITY ? 'no limit' : message);
}

function judgePipes({ pipeBytesMax, pipesBytesMax }: SystemFacts, plan: DoctorPlan): Finding {
  const wanted = limit('capturePipeBytes');
  if (pipeBytesMax !== null && pipeBytesMax < wanted) {
    const message = `a pipe holds ${formatBytes(pipeBytesMax)} at most, not the ${formatBytes(wanted)} asked for: a predictor that prints much waits more often`;
    return warning('pipes', message, `sysctl fs.pipe-max-size=${wanted}`);
  }
  const { workers, slots } = plan;
  const perSlot = slots > 1 ? 2 * slots * limit('slotPipeBytes') : 0;
  const needed = workers * (2 * wanted + 2 * limit('slotPipeBytes') + perSlot);
  if (pipesBytesMax !== null && pipesBytesMax < needed) {
    const message = `${formatBytes(pipesBytesMax)} for all pipes of a user; ${capacity(plan)} ask for ${formatBytes(needed)}: later pipes hold a page or two, and whoever prints there waits`;
    return warning(
      'pipes',
      message,
      'Raise fs.pipe-user-pages-soft (sysctl), or lower --workers or --concurrency.',
    );
  }
  const all = pipesBytesMax === null ? 'no limit for all' : `${formatBytes(pipesBytesMax)} for all`;
  return ok(
    'pipes',
    `${pipeBytesMax === null ? 'no limit' : formatBytes(pipeBytesMax)} each, ${all}; ${formatBytes(needed)} needed`,
  );
}

function capacity({ workers, slots }: DoctorPlan): string {
  return `${workers} worker${workers === 1 ? '' : 's'} with ${slots} slot${slots === 1 ? '' : 's'}`;
}
