// Judges the work directory: whether a server can use it, how much fits, and the sockets in it. Pure.
import { formatBytes } from '../base/format-bytes.ts';
import { type Finding, failure, ok, warning } from './finding.ts';
import type { DoctorPlan } from './plan.ts';
import type { WorkDirFacts } from './work-dir-facts.ts';

const FREE_BYTES_MIN = 64 * 2 ** 20;
const FREE_FILES_MIN = 1_000;
const OTHER = 'Name another --work-dir (PAWL_WORK_DIR)';

export function judgeWorkDir(facts: WorkDirFacts, { inputFileBytesMax }: DoctorPlan): Finding[] {
  const { workDir, obstacle } = facts;
  if (obstacle !== null) return [failure('work dir', obstacle, `${OTHER}, or let this user write there.`)];
  return [judgeSpace(facts, inputFileBytesMax), judgeSocket(workDir, facts)];
}

function judgeSpace(
  { workDir, freeBytes, freeFiles, isInMemory }: WorkDirFacts,
  fileBytesMax: number,
): Finding {
  const where = `${workDir}${isInMemory ? ' (in memory)' : ''}`;
  if (freeBytes === null) return ok('work dir', where);
  const free = `${where} has ${formatBytes(Math.floor(freeBytes / 2 ** 20) * 2 ** 20)} free`;
  const mend = `Make room, or name another --work-dir (PAWL_WORK_DIR)`;
  if (freeBytes < FREE_BYTES_MIN)
    return failure('work dir', `${free}: inputs and outputs will fail`, `${mend}.`);
  if (freeFiles !== null && freeFiles < FREE_FILES_MIN) {
    return warning('work dir', `${where} takes ${freeFiles} more files`, `${mend}.`);
  }
  if (freeBytes < fileBytesMax) {
    const message = `${free}; a single input file may have ${formatBytes(fileBytesMax)}`;
    return warning('work dir', message, `${mend}, or lower --max-input-bytes.`);
  }
  return ok('work dir', free);
}

function judgeSocket(workDir: string, { socketObstacle, socketPath }: WorkDirFacts): Finding {
  if (socketObstacle !== null) {
    const message = `no Unix socket can be made there: ${socketObstacle}`;
    return failure('sockets', message, `${OTHER}, on a local file system.`);
  }
  if (socketPath?.startsWith(workDir) !== true) {
    return ok('sockets', `the path of the work dir is too long for them; they lie in ${socketPath} instead`);
  }
  return ok('sockets', 'can be made in the work dir');
}
