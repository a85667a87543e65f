// Lines of several slots on the socket of one of them, so that what happens in the same turn of the event loop costs one
// write and one read. A carried line begins with the number of the slot that it is for, and a space.
import { limit } from '../limits.ts';
import { asSlotIndex, type SlotIndex } from './ids.ts';

export interface Carried {
  readonly slot: SlotIndex;
  readonly line: string;
}

const BRACE = 0x7b;
const DIGITS = /^\d+$/;
const DIGITS_MAX = 6;

/** Large ones go their own way, so that they hold up nobody else. */
export function isCarriable(lines: string): boolean {
  return lines.length <= limit('carriedBytesMax');
}

/** `line` with its newline. */
export function carriedLine(slot: SlotIndex, line: string): string {
  return `${slot} ${line}`;
}

/** Null where the line is for the slot on whose socket it came. */
export function readCarried(line: string): Carried | null {
  if (line.charCodeAt(0) === BRACE) return null;
  // Looked for without an expression that makes objects of what it finds: there are two of these lines a prediction.
  const space = line.indexOf(' ');
  const number = space > 0 && space <= DIGITS_MAX ? line.slice(0, space) : '';
  // No message either: its decoder says so.
  if (!DIGITS.test(number) || line.charCodeAt(space + 1) !== BRACE) return null;
  return { slot: asSlotIndex(Number(number)), line: line.slice(space + 1) };
}
