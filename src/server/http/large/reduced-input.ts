// An input of which the schema wants to know no more than the types: the same with something small of the same type in
// place of each large value of that kind. Where the one fits, so does the other.
import type { Json } from '../../../base/json.ts';
import { KIND } from './json-scan.ts';
import type { OpenFields } from './open-fields.ts';
import type { InputText } from './read-body.ts';

const SMALL_BYTES_MAX = 256;
const STAND_INS: ReadonlyMap<number | undefined, string> = new Map([
  [KIND.object, '{}'],
  [KIND.array, '[]'],
  [KIND.string, '""'],
]);

/** Null where nothing of it can be spared. */
export function reducedInput(input: InputText, open: OpenFields): Json | null {
  let isSpared = false;
  const members = input.members?.map((member) => {
    const name = input.text(member.name);
    const { from, to } = member.value;
    const standIn = to - from > SMALL_BYTES_MAX ? STAND_INS.get(member.kinds[0]) : undefined;
    if (standIn === undefined || !open.isOpen(JSON.parse(name), member))
      return `${name}:${input.text(member.value)}`;
    isSpared = true;
    return `${name}:${standIn}`;
  });
  return isSpared && members !== undefined ? JSON.parse(`{${members.join(',')}}`) : null;
}
