// A logger that keeps its lines, so that a test can read them and wait for one.
import { type Deferred, deferred } from '../../src/base/deferred.ts';
import type { LogFields, Logger } from '../../src/base/log.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];
  readonly #waits = new Set<{ matches: (line: LogLine) => boolean; found: Deferred<LogLine> }>();

  debug(fields: LogFields, message: string): void {
    this.#add({ level: 'debug', fields, message });
  }

  info(fields: LogFields, message: string): void {
    this.#add({ level: 'info', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.#add({ level: 'warn', fields, message });
  }

  error(fields: LogFields, message: string): void {
    this.#add({ level: 'error', fields, message });
  }

  get warnings(): string[] {
    return this.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  }

  /** The first line, past or to come, whose message contains `text`. */
  line(text: string): Promise<LogLine> {
    const matches = ({ message }: LogLine) => message.includes(text);
    const past = this.lines.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    const found = deferred<LogLine>();
    this.#waits.add({ matches, found });
    return found.promise;
  }

  #add(line: LogLine): void {
    this.lines.push(line);
    for (const wait of this.#waits) {
      if (!wait.matches(line)) continue;
      this.#waits.delete(wait);
      wait.found.resolve(line);
    }
  }
}
