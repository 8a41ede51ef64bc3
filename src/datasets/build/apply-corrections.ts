/** Applies the corrections saved by the review page to the data set's gallery. */
import { readFile } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../../errors.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import { brokenRule } from "../../schemas/broken-rule.ts";
import { DatasetCorrections } from "../../schemas/dataset.ts";

/** Idempotent: a person merged into another since is skipped. */
export async function applyCorrection(
  store: GalleryStore,
  { person, name, leaveOut, notThem }: DatasetCorrections["people"][number],
): Promise<void> {
  if (!(await store.person(person))) return;
  if (notThem.length > 0) await store.correct({ kind: "reject", person, faces: notThem });
  if (leaveOut)
    await store.forgetPerson(person); // their photographs remain known, so the faces are not added again
  else if (name !== undefined) {
    const namesake = await store.personByName(name);
    if (!namesake) await store.correct({ kind: "name", person, name });
    else if (namesake.id !== person) await store.correct({ kind: "merge", into: namesake.id, from: person });
  }
}

/** @throws FaceNetError FILE_NOT_READABLE */
export async function readCorrections(file: string): Promise<DatasetCorrections> {
  try {
    return DatasetCorrections.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const reason = brokenRule(error) ?? reasonOf(error);
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason }, error);
  }
}
