/** A number with its noun in singular or plural. */

/** @example counted(1, "face") is "1 face"; counted(3, "person", "people") is "3 people" */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
