/** The photographs of the page that the reader came from: what "next" means on a photograph. */

type Step = { readonly photograph: number; readonly face?: number | undefined };

let steps: readonly Step[] = [];

/** Several faces of one photograph are one step. */
export function setSequence(some: readonly Step[]): void {
  const seen = new Set<number>();
  steps = some.filter(({ photograph }) => !seen.has(photograph) && seen.add(photograph));
}

/** @returns the photographs beside one; undefined at the ends, and where it is not in the sequence */
export function beside(photograph: number): { readonly previous: Step | undefined; readonly next: Step | undefined } {
  const place = steps.findIndex((step) => step.photograph === photograph);
  return place < 0 ? { previous: undefined, next: undefined } : { previous: steps[place - 1], next: steps[place + 1] };
}

export const hasSequence = (photograph: number): boolean => steps.some((step) => step.photograph === photograph);
