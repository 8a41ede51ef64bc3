/**
 * Removes a forgotten person and forgotten faces from the journal, which refers to them by number and name. Changes to that
 * person are removed; from others only the forgotten faces are, so that they can still be undone.
 */
import type { Change } from "../../../schemas/gallery.ts";
import type { ChangeStep, FaceState } from "./recorded-changes.ts";
import { pages, type SqlSession } from "./sql-database.ts";

/** Rows per query. */
const PORTION = 100;

export type Forgotten = {
  readonly person?: { readonly id: number; readonly name: string | null } | undefined;
  readonly faces: ReadonlySet<number>;
  /** photographs whose drawn faces may have been undone */
  readonly photographs?: ReadonlySet<number> | undefined;
};

type Row = {
  readonly id: number;
  readonly head: number | null;
  readonly person: number | null;
  readonly change: Change;
  readonly steps: readonly ChangeStep[];
};

/** @returns number of changes that can no longer be undone or redone */
export async function forgetInJournal(session: SqlSession, given: Forgotten, { dryRun = false } = {}): Promise<number> {
  const forgotten = { ...given, faces: new Set([...given.faces, ...(await drawnAndTakenBack(session, given))]) };
  const removed: number[] = [];
  const kept = new Set<number>();
  for await (const row of rowsOf(session)) {
    const change = isAbout(row, forgotten) ? undefined : withoutFaces(row.change, forgotten.faces);
    const steps = change ? stepsLeft(row.steps, forgotten) : [];
    if (row.steps.length > 0 && steps.length === 0) {
      removed.push(row.id);
      continue;
    }
    kept.add(row.head ?? row.id);
    if (dryRun) continue;
    const sql = "UPDATE correction SET correction = ?, steps = ? WHERE id = ?";
    const [said, left] = [JSON.stringify(change), JSON.stringify(steps)];
    if (said !== JSON.stringify(row.change) || left !== JSON.stringify(row.steps)) await session.run(sql, said, left, row.id);
  }
  // The head of a step is kept, empty, if its other rows are still needed.
  const gone = removed.filter((id) => !kept.has(id));
  if (!dryRun) {
    for (const id of removed)
      await session.run(
        kept.has(id) ? "UPDATE correction SET steps = '[]' WHERE id = ?" : "DELETE FROM correction WHERE id = ?",
        id,
      );
  }
  return gone.length;
}

/** Faces of forgotten photographs that exist only in the journal. */
async function drawnAndTakenBack(session: SqlSession, { photographs }: Forgotten): Promise<number[]> {
  const found: number[] = [];
  if (photographs === undefined) return found;
  for await (const { steps } of rowsOf(session))
    for (const step of steps)
      if (step.kind === "drawn" && step.before !== null && photographs.has(step.before.photograph)) found.push(step.face);
  return found;
}

async function* rowsOf(session: SqlSession): AsyncGenerator<Row> {
  const sql = "SELECT id, head, person, correction, steps FROM correction WHERE true";
  for await (const rows of pages(session, sql, [], { key: "id", size: PORTION }))
    for (const { correction, steps, ...row } of rows)
      yield { ...(row as Pick<Row, "id" | "head" | "person">), change: json(correction), steps: json(steps) };
}

const json = (text: unknown) => JSON.parse(text as string);

/** Whether the change concerns the person or contains their name. */
function isAbout({ person, change }: Row, { person: who }: Forgotten): boolean {
  if (!who) return false;
  if (person === who.id || ("name" in change && who.name !== null && change.name === who.name)) return true;
  if ("person" in change && change.person === who.id) return true;
  if (change.kind === "merge") return change.into === who.id || change.from === who.id;
  return change.kind === "undecided" && change.group === who.id;
}

function withoutFaces(change: Change, faces: ReadonlySet<number>): Change | undefined {
  if (change.kind === "cluster" || change.kind === "import") return change;
  if ("faces" in change) {
    const left = change.faces.filter((face) => !faces.has(face));
    return left.length === 0 && change.faces.length > 0 && change.kind !== "create" ? undefined : { ...change, faces: left };
  }
  if (change.kind === "link") {
    const links = change.links.filter(({ a, b }) => !faces.has(a) && !faces.has(b));
    return links.length === 0 ? undefined : { ...change, links };
  }
  const isGone = (change.kind === "cover" || change.kind === "undecided") && faces.has(change.face ?? -1);
  return isGone ? undefined : change;
}

function stepsLeft(steps: readonly ChangeStep[], { person, faces }: Forgotten): ChangeStep[] {
  return steps.flatMap((step): ChangeStep[] => {
    switch (step.kind) {
      case "person": {
        const { before } = step;
        if (step.id === person?.id || (person && person.name !== null && before?.name === person.name)) return [];
        return before && faces.has(before.cover ?? -1) ? [{ ...step, before: { ...before, cover: null } }] : [step];
      }
      case "faces": {
        const left = step.faces.filter((face) => !faces.has(face));
        return left.length === 0 ? [] : [{ ...step, faces: left, before: withoutOwner(step.before, person?.id) }];
      }
      case "rejection":
        return faces.has(step.face) || step.person === person?.id ? [] : [step];
      case "link":
        return faces.has(step.a) || faces.has(step.b) ? [] : [step];
      case "undecided": {
        const isGone = faces.has(step.face ?? -1) || step.person === person?.id || step.other === person?.id;
        return isGone ? [] : [step];
      }
      case "drawn":
        return faces.has(step.face) ? [] : [step];
      default:
        step satisfies never;
        return [];
    }
  });
}

/** Unassigns faces that belonged to the forgotten person. */
const withoutOwner = (state: FaceState, person: number | undefined): FaceState =>
  person !== undefined && state.person === person ? { ...state, person: null, by: null } : state;
