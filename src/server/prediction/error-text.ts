// The `error` text of a failed prediction: `NAME: message`, with one prefix however often it was wrapped.
import { limit } from '../../limits.ts';
import type { WireError } from '../../protocol/control-messages.ts';

/** Our own errors speak in whole sentences; a class name in front would tell the user nothing. */
const UNNAMED = new Set(['', 'PawlError']);

export function errorText(error: WireError): string {
  const { name, message } = error;
  const isNamed = UNNAMED.has(name) || message === name || message.startsWith(`${name}: `);
  const text = isNamed ? message : message === '' ? name : `${name}: ${message}`;
  return cut(text, limit('errorTextBytesMax'));
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax)} [cut, ${text.length} characters]`;
}
