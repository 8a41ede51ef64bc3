/** Photographs of the list the reader came from: defines "next" and "previous" on a photograph. */

type Step = { readonly photograph: number; readonly face?: number | undefined };

let steps: readonly Step[] = [];

/** Faces of the same photograph count as one step. */
export function setSequence(some: readonly Step[]): void {
  const seen = new Set<number>();
  steps = some.filter(({ photograph }) => !seen.has(photograph) && seen.add(photograph));
}

/** @returns the neighbours of a photograph; undefined at the ends and outside the sequence */
export function beside(photograph: number): { readonly previous: Step | undefined; readonly next: Step | undefined } {
  const place = steps.findIndex((step) => step.photograph === photograph);
  return place < 0 ? { previous: undefined, next: undefined } : { previous: steps[place - 1], next: steps[place + 1] };
}

export const hasSequence = (photograph: number): boolean => steps.some((step) => step.photograph === photograph);
