// A status, its transition table, and the one place that moves it. An illegal move is a bug and throws.
import { AssertionError } from './assert.ts';

export type Transitions<S extends string> = { readonly [From in S]: readonly S[] };

export class StateMachine<S extends string> {
  readonly #name: string;
  readonly #next: Transitions<S>;
  readonly #onMove: ((to: S, from: S) => void) | null;
  #current: S;

  constructor(
    name: string,
    next: Transitions<S>,
    initial: S,
    onMove: ((to: S, from: S) => void) | null = null,
  ) {
    this.#name = name;
    this.#next = next;
    this.#current = initial;
    this.#onMove = onMove;
  }

  get current(): S {
    return this.#current;
  }

  get isTerminal(): boolean {
    return this.#next[this.#current].length === 0;
  }

  can(to: S): boolean {
    return this.#next[this.#current].includes(to);
  }

  /** `id` of what moves, where the name alone does not tell. */
  move(to: S, id = ''): void {
    const from = this.#current;
    // Not assert(): most moves are legal, and would make the message for nothing.
    if (!this.can(to))
      throw new AssertionError(`${this.#name}${id && ` ${id}`}: ${from} cannot become ${to}`);
    this.#current = to;
    this.#onMove?.(to, from);
  }
}
