// Measures several servers side by side: in each round every one has its turn, in an order that is reversed every other
// round, so that none profits from a quiet moment of the machine.

export interface Figures {
  readonly [figure: string]: number;
}

/** Figures of one server, one value a round. */
export type Series = ReadonlyMap<string, readonly number[]>;

export async function rounds<T>(
  subjects: ReadonlyMap<string, T>,
  count: number,
  measure: (subject: T, round: number) => Promise<Figures>,
  report: (line: string) => void,
): Promise<ReadonlyMap<string, Series>> {
  const series = new Map<string, Map<string, number[]>>();
  for (let round = 0; round < count; round++) {
    const order = [...subjects];
    if (round % 2 === 1) order.reverse();
    for (const [name, subject] of order) {
      const figures = await measure(subject, round);
      report(`round ${round + 1}/${count} ${name}: ${describe(figures)}`);
      const known = series.get(name) ?? new Map<string, number[]>();
      series.set(name, known);
      for (const [figure, value] of Object.entries(figures)) {
        known.set(figure, [...(known.get(figure) ?? []), value]);
      }
    }
  }
  return series;
}

function describe(figures: Figures): string {
  return Object.entries(figures)
    .map(([figure, value]) => `${figure} ${value.toPrecision(3)}`)
    .join(', ');
}
