// One readable line per event, for people: time, level, message, fields.
import type { LogFields, Logger } from '../../base/log.ts';
import type { LogLevel } from '../../config.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

export function prettyLogger(
  level: LogLevel,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): Logger {
  const lowest = LEVELS.indexOf(level);
  const at = (name: LogLevel) => {
    if (LEVELS.indexOf(name) < lowest) return () => {};
    return (fields: LogFields, message: string) => write(`${prettyLine(now(), name, message, fields)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function prettyLine(time: Date, level: LogLevel, message: string, fields: LogFields): string {
  const clock = time.toISOString().slice(11, 23);
  const parts = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  return `${clock} ${level.toUpperCase().padEnd(5)} ${message}${parts.join('')}${stackOf(fields)}`;
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value === 'string') return /^[\w./:~-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? String(value);
}

function stackOf(fields: LogFields): string {
  const error = Object.values(fields).find((value) => value instanceof Error);
  return error?.stack === undefined ? '' : `\n${error.stack}`;
}
