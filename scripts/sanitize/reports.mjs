// What the tools wrote into their report files, one file for each process that had something to say.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A line of = alone, or one that has nothing behind the process id of valgrind, ends a report. */
const BETWEEN = /^(?:=+|==\d+==\s*)$/m;
/** Every report has a frame; what the tools say around them has none. */
const FRAME = /^\s*(?:==\d+==\s+(?:at|by) 0x|#\d+ )|runtime error:/m;

/** The reports that `isOurs` says yes to, and how many there are besides. */
export function readReports(folder, isOurs) {
  const all = readdirSync(folder).flatMap((name) => split(readFileSync(path.join(folder, name), 'utf8')));
  const ours = all.filter(isOurs);
  return { ours, others: all.length - ours.length };
}

export function split(text) {
  return text.split(BETWEEN).filter((part) => FRAME.test(part));
}
