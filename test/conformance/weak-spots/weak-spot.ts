// One weak spot of Cog's server, and the tests that show that Pawl does not have it.

export interface WeakSpot {
  readonly cog: string;
  readonly pawl: string;
  /** `file › part of a title`. */
  readonly shown: readonly string[];
}

/** By number. */
export type WeakSpots = Readonly<Record<number, WeakSpot>>;
