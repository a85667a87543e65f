// Gathers the facts and has them judged: the checks of `pawl doctor`, in the order in which they are shown.
import type { Clock } from '../base/clock.ts';
import { howToMend } from '../native/binding.ts';
import type { Finding } from './finding.ts';
import { readInitFacts } from './init-facts.ts';
import { judgeProbe } from './judge-addon.ts';
import { judgeCapacity } from './judge-capacity.ts';
import { judgeSystem } from './judge-system.ts';
import { judgeWorkDir } from './judge-work-dir.ts';
import type { DoctorPlan } from './plan.ts';
import { runProbe } from './run-probe.ts';
import { readSystemFacts } from './system-facts.ts';
import { readWorkDirFacts } from './work-dir-facts.ts';

export async function examine(plan: DoctorPlan, clock: Clock): Promise<Finding[]> {
  const [probe, init, workDir] = await Promise.all([
    runProbe(clock),
    readInitFacts(clock),
    readWorkDirFacts(plan.workDir),
  ]);
  const system = readSystemFacts();
  return [
    ...judgeProbe(probe, howToMend()),
    ...judgeSystem(system, init, plan),
    ...judgeCapacity(system, plan),
    ...judgeWorkDir(workDir, plan),
  ];
}
