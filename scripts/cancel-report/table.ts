// Turns measured runs into the table of docs/cancel.md. Pure.
import type { Measured, Run } from './measure.ts';

export function tableOf(results: readonly Measured[]): string {
  const rows = results.map(({ way, runs }) => {
    const sorted = runs.map(({ ms }) => ms).sort((a, b) => a - b);
    const times = [quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.at(-1)];
    const kept = runs.filter(({ isWorkerKept }) => isWorkerKept).length;
    return [
      way.title,
      stages(runs),
      ...times.map((ms) => ms?.toFixed(1) ?? '-'),
      `${kept} of ${runs.length}`,
    ];
  });
  const head = ['Stuck in', 'Stage', 'p50 ms', 'p99 ms', 'max ms', 'Worker kept'];
  return [head, ['---', '---', '---:', '---:', '---:', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Nearest rank: always a value that was measured. */
function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function stages(runs: readonly Run[]): string {
  const counts = new Map<string, number>();
  for (const { stage } of runs) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([stage, count]) => `\`${stage}\` ${Number(((100 * count) / runs.length).toFixed(1))} %`)
    .join(', ');
}
