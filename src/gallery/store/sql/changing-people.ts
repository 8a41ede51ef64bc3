/** Store methods that change people; each is a step of the journal. */
import type { Change } from "../../../schemas/gallery.ts";
import type { Author, GalleryStore, OpenStep } from "../gallery-store.ts";
import { applyCorrection } from "./corrections.ts";
import { continueEntry, type Entry, entries, keepEntry, turn } from "./journal.ts";
import { RecordedChanges } from "./recorded-changes.ts";
import { applyRegrouping } from "./regrouping.ts";
import type { SqlDatabase, SqlSession } from "./sql-database.ts";

type Calls = Pick<GalleryStore, "correct" | "addDrawnFace" | "openStep" | "undo" | "redo" | "corrections" | "regroup">;

/** @param now clock for the journal */
export function changingPeople(database: SqlDatabase, now: () => Date): Calls {
  const exclusive = <T>(work: (session: SqlSession) => Promise<T>): Promise<T> => database.transaction(work, { exclusive: true });
  const entry = (change: Change, person: number | null, { by = null }: Author = {}): Entry => {
    return { change, person, by, at: now().toISOString() };
  };

  return {
    correct: (correction, author) =>
      exclusive(async (session) => {
        const changes = new RecordedChanges(session, database);
        const person = await applyCorrection(changes, correction);
        return keepEntry(session, entry(correction, person, author), changes.steps);
      }),
    addDrawnFace: (photograph, drawn, { name = null, ...author } = {}) =>
      exclusive(async (session) => {
        const changes = new RecordedChanges(session, database);
        const face = await changes.draw(photograph, drawn);
        const faces = [face];
        const person = name === null ? null : await applyCorrection(changes, { kind: "enroll", name, faces });
        return { face, done: await keepEntry(session, entry({ kind: "draw", faces, name }, person, author), changes.steps) };
      }),
    openStep(change, author): OpenStep {
      let head: number | undefined;
      const add = <T>(work: (changes: RecordedChanges) => Promise<T>): Promise<T> =>
        exclusive(async (session) => {
          const changes = new RecordedChanges(session, database);
          const result = await work(changes);
          if (changes.steps.length === 0) return result;
          if (head === undefined || !(await continueEntry(session, head, changes.steps)))
            head = (await keepEntry(session, entry(change, null, author), changes.steps)).id;
          return result;
        });
      return {
        correct: (correction) => add((changes) => applyCorrection(changes, correction)),
        regroup: (groups) => add(async (changes) => void (await applyRegrouping(changes, groups))),
      };
    },
    undo: (only) => exclusive((session) => turn(session, database, { undone: 1, only })),
    redo: (only) => exclusive((session) => turn(session, database, { undone: 0, only })),
    corrections: (limit, options) => entries(database, limit, options),
    regroup: (groups, { reset = false, ...author } = {}) =>
      exclusive(async (session) => {
        const changes = new RecordedChanges(session, database);
        const faces = await applyRegrouping(changes, groups);
        if (changes.steps.length === 0) return undefined;
        const newPeople = changes.steps.filter((step) => step.kind === "person" && step.before === null).length;
        return keepEntry(session, entry({ kind: "cluster", faces, newPeople, reset }, null, author), changes.steps);
      }),
  };
}
