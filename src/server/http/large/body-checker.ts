// The check of large bodies, in two lanes: one for those that take as long as their size lets expect, and one, begun where
// there is such a body, for those that take longer, of which anybody can send some. These wait for each other only.
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/log.ts';
import { packagePath } from '../../../base/package-place.ts';
import { type BodyToCheck, CheckLane } from './check-lane.ts';
import type { Verdict } from './check-report.ts';

export class BodyChecker {
  readonly #quick: CheckLane;
  readonly #patient: CheckLane;

  constructor(
    parts: { readonly clock: Clock; readonly log: Logger },
    program: string = packagePath('dist', 'server', 'http', 'large', 'check-program.js'),
  ) {
    this.#quick = new CheckLane({ ...parts, program, isPatient: false });
    this.#patient = new CheckLane({ ...parts, program, isPatient: true });
  }

  /** Its start takes a moment, in which a body can arrive. One that does not arrive keeps it for a while only. */
  prepare(): void {
    this.#quick.prepare();
  }

  /** In its turn. Rejects with PAWL_BODY_TOO_LARGE where it takes more memory or time than there is. */
  async check(body: BodyToCheck): Promise<Verdict> {
    const report = await this.#quick.check(body);
    if (report.type !== 'dear') return report;
    const verdict = await this.#patient.check(body);
    if (verdict.type === 'dear') throw new Error('a body was passed on twice');
    return verdict;
  }

  /** Whoever waits is refused. */
  close(): void {
    this.#quick.close();
    this.#patient.close();
  }
}
