// One worker process as the operating system sees it: started, signalled, ended. Knows nothing of the protocol.
// Safety contract: 1. signals go to the whole group; 2. the group is killed when its leader ended, so that nothing it
// started stays; 3. `exited` always resolves once the process is gone.
import { randomUUID } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { deferred } from '../../base/deferred.ts';
import { PawlError } from '../../errors.ts';
import type { Begin } from '../../protocol/control-messages.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { LastWords } from '../slot/last-words.ts';
import { CaptureRemains } from './capture-remains.ts';
import { takeEarlyWorker } from './early-worker.ts';
import type { ProcessExit } from './exit-reason.ts';
import { killMarked, killTree, signalGroup } from './process-tree.ts';
import { spawnNode, type WorkerEntry, type WorkerMarks, workerEnvironment } from './spawn.ts';
import { StdioChannel } from './stdio-channel.ts';

export class WorkerProcess {
  readonly pid: number;
  readonly channel: Duplex;
  /** What it has not read of its own output when it dies. */
  readonly remains: CaptureRemains;
  readonly #mark: string;
  readonly #stderr: Readable;
  readonly #lastWords = new LastWords();
  readonly #exited = deferred<ProcessExit>();
  readonly #silent = deferred();
  #isGone = false;
  #isKilled = false;

  private constructor(child: ReturnType<typeof spawnNode>, mark: string, onWords: (text: string) => void) {
    const { pid, stdin, stdout, stderr } = child;
    if (pid === undefined || stdin === null || stdout === null || stderr === null) {
      throw new PawlError('PAWL_WORKER_CRASHED', 'the operating system started no process');
    }
    this.pid = pid;
    this.remains = new CaptureRemains(pid);
    this.#mark = mark;
    this.#stderr = stderr;
    this.channel = new StdioChannel(stdout, stdin);
    this.#lastWords.listen(stderr, onWords);
    stderr.once('close', () => this.#silent.resolve());
    child.once('exit', (code, signal) => {
      this.#isGone = true;
      signalGroup(pid, 'SIGKILL');
      this.#exited.resolve({ code, signal });
    });
  }

  /** Rejects when the operating system starts no process. `onWords` gets what arrives on its original stderr. */
  static async start(
    entry: WorkerEntry,
    places: Omit<WorkerMarks, 'mark'>,
    onWords: (text: string) => void,
  ): Promise<WorkerProcess> {
    const early = takeEarlyWorker(entry);
    if (early !== null) {
      const worker = new WorkerProcess(early.child, early.mark, onWords);
      worker.channel.write(encodeFrame({ type: 'begin', ...places } satisfies Begin));
      return worker;
    }
    const mark = randomUUID();
    const child = spawnNode(entry, workerEnvironment(process.env, { mark, ...places }));
    if (child.pid !== undefined) {
      // A signal that can't be delivered is reported here too; the exit tells what matters.
      child.on('error', () => {});
      return new WorkerProcess(child, mark, onWords);
    }
    const failed = deferred<WorkerProcess>();
    child.once('error', (error) => failed.reject(error));
    return failed.promise;
  }

  get exited(): Promise<ProcessExit> {
    return this.#exited.promise;
  }

  /** Its original stderr is closed: the last words are complete. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  get lastWords(): string {
    return this.#lastWords.text;
  }

  /** The server killed it, before it ended by itself. */
  get isKilled(): boolean {
    return this.#isKilled;
  }

  terminate(): void {
    if (!this.#isGone) signalGroup(this.pid, 'SIGTERM');
  }

  kill(): void {
    if (this.#isGone) return;
    this.#isKilled = true;
    killTree(this.pid);
  }

  /** What left the group, and outlived it, ends here. */
  async killStrays(): Promise<void> {
    await killMarked(this.#mark);
  }

  /** Lets go of the pipes, also where something out of reach still holds the other ends. */
  dispose(): void {
    this.remains.close();
    this.channel.destroy();
    this.#stderr.destroy();
  }
}
