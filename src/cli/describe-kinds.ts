// What a field accepts, in the words of the command line.
import type { Json } from '../base/json.ts';
import type { FieldKind } from '../server/prediction/field-kinds.ts';
import { alternatives } from './flag-values.ts';

/** What the kinds accept, completing "takes …". */
export function describeKinds(kinds: readonly FieldKind[]): string {
  const words = new Set(kinds.map(describeKind));
  return [...words].join(' or ');
}

function describeKind(kind: FieldKind): string {
  switch (kind.type) {
    case 'choice':
      return kind.values.length > 1 ? `one of ${describeChoices(kind.values)}` : describeChoices(kind.values);
    case 'list':
      return `a list, each item ${describeKinds(kind.items)}`;
    case 'file':
      return 'a file, as @PATH or as an http(s) or data URL';
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'object':
      return 'a JSON object';
    case 'any':
    case 'text':
      return 'text';
  }
}

function describeChoices(values: readonly Json[]): string {
  return alternatives(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))));
}
