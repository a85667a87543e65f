// A client of an event stream: the platform's fetch and the public parser. Remembers everything, and waits for what a
// test names; whatever happens to the connection ends the wait.
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import { deferred } from '../../src/base/deferred.ts';

export interface StreamEvent {
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StreamRequest {
  readonly method?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const DEADLINE_MS = 50_000;

export class EventClient {
  readonly events: StreamEvent[] = [];
  readonly response: Response;
  /** Resolves when the stream ends, well or badly. */
  readonly ended: Promise<'ended' | 'broken'>;
  readonly #abort: AbortController;
  #changed = deferred();

  /** Resolves with the headers. */
  static async open(url: string, { method = 'GET', input, id, headers = {} }: StreamRequest = {}) {
    const abort = new AbortController();
    const body = input === undefined && id === undefined ? null : JSON.stringify({ id, input });
    const type: Record<string, string> = body === null ? {} : { 'content-type': 'application/json' };
    const response = await fetch(url, {
      method,
      headers: { accept: 'text/event-stream', ...type, ...headers },
      body,
      signal: abort.signal,
    });
    return new EventClient(response, abort);
  }

  /** Creates a prediction for its events. */
  static create(serverUrl: string, input: Readonly<Record<string, unknown>>, id?: string) {
    return EventClient.open(`${serverUrl}/predictions`, {
      method: 'POST',
      input,
      ...(id === undefined ? {} : { id }),
    });
  }

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.ended = this.#read().then(
      () => 'ended',
      () => 'broken',
    );
    void this.ended.then(() => this.#changed.resolve());
  }

  get types(): (string | undefined)[] {
    return this.events.map(({ type }) => type);
  }

  get chunks(): unknown[] {
    return this.events.filter(({ type }) => type === 'output').map(({ data }) => data.chunk);
  }

  get lastId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  /** The first event that fits; rejects when the stream ends without one. */
  async until(what: string, fits: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const late = new Promise<'late'>((resolve) => {
      deadline.addEventListener('abort', () => resolve('late'));
    });
    for (let looked = 0; ; ) {
      // Looked at once each: a stream may have a hundred thousand.
      for (; looked < this.events.length; looked++) {
        const event = this.events[looked];
        if (event !== undefined && fits(event)) return event;
      }
      const how = await Promise.race([this.#changed.promise, this.ended, late]);
      if (how !== undefined && looked === this.events.length) {
        throw new Error(`${how} before ${what}; saw ${JSON.stringify(this.types.slice(-20))}`);
      }
    }
  }

  completed(): Promise<StreamEvent> {
    return this.until('completed', ({ type }) => type === 'completed');
  }

  /** Leaves without a word. */
  async leave(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #read(): Promise<void> {
    if (this.response.body === null) return;
    const messages = this.response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const message of messages) {
      this.events.push(eventOf(message));
      this.#changed.resolve();
      this.#changed = deferred();
    }
  }
}

function eventOf({ id, event, data }: EventSourceMessage): StreamEvent {
  return { id, type: event, data: JSON.parse(data) as Record<string, unknown> };
}
