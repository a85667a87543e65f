// Writes what a run found: the recording, the pictures, and the page made from both.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recording } from '../recording.ts';
import { page } from './page.ts';
import { openLoopPlot, throughputPlot } from './plots.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RECORDED = path.join(ROOT, 'docs');
const SCRATCH = path.join(ROOT, '.cache', 'bench', 'latest');
const RESULTS = 'results.json';

/** `recorded` is what the project publishes; every other run is kept where git does not look. Gives the page's path. */
export function writeRun(
  recording: Recording,
  pictures: ReadonlyMap<string, string>,
  where: 'recorded' | 'scratch',
): string {
  const folder = where === 'recorded' ? RECORDED : SCRATCH;
  const beside = path.join(folder, 'benchmarks');
  mkdirSync(beside, { recursive: true });
  writeFileSync(path.join(beside, RESULTS), `${JSON.stringify(recording, rounded, 1)}\n`);
  for (const [name, picture] of pictures) writeFileSync(path.join(beside, name), picture);
  return writePage(where);
}

/** Makes the page again, and the pictures that come from the recording. */
export function writePage(where: 'recorded' | 'scratch'): string {
  const folder = where === 'recorded' ? RECORDED : SCRATCH;
  const beside = path.join(folder, 'benchmarks');
  const recording = JSON.parse(readFileSync(path.join(beside, RESULTS), 'utf8')) as Recording;
  const plots = { 'throughput.svg': throughputPlot(recording), 'open-loop.svg': openLoopPlot(recording) };
  for (const [name, picture] of Object.entries(plots)) {
    if (picture !== null) writeFileSync(path.join(beside, name), picture);
  }
  const file = path.join(folder, 'benchmarks.md');
  writeFileSync(file, page(recording, readdirSync(beside)));
  return path.relative(ROOT, file);
}

/** More digits than were measured would only be different in every run. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
