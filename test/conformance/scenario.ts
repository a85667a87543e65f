// What clients do to both servers: requests, and what comes back. Each scenario gets servers of its own.
import type { Client } from './transcript.ts';

export interface Scenario {
  readonly name: string;
  /** Class of twins.py, export of twins.mjs. */
  readonly twin: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** The health status to wait for; any but STARTING by default. */
  readonly until?: string;
  readonly run: (client: Client) => Promise<void>;
}
