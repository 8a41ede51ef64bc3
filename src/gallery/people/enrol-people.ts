/** Enrols people from photographs: indexes these, selects one face in each and assigns it to the person. */
import { FaceNetError, failureOf } from "../../errors.ts";
import type { FileFailure } from "../../schemas/failure.ts";
import type { NamedFile } from "../../schemas/image-source.ts";
import type { FaceSearch } from "../access/face-search.ts";
import { calibratedByGallery } from "../access/gallery-model.ts";
import { identificationThreshold } from "../identify-face.ts";
import { type IndexOptions, indexPhotographs } from "../indexing/index-photographs.ts";
import { lookAgainAt } from "../indexing/look-again-at.ts";
import { distinctFiles } from "../indexing/photograph-file.ts";
import { chosenFace, type FaceChoice } from "./chosen-face.ts";
import { type Enrolment, enrol, enrolAs, groupsLike, type Shown } from "./enrolment.ts";

/** False match rate of the threshold for warnings about several people and for groups that resemble the person. */
const FAR = 1e-3;

/** @property photographs with absolute paths */
export type PersonPhotographs = { readonly name: string; readonly photographs: readonly NamedFile[] };

export type EnrolPeopleOptions = Pick<
  IndexOptions,
  "facenet" | "store" | "minFaceSize" | "minConfidence" | "maxPixels" | "signal" | "onProgress"
> & {
  readonly choice: FaceChoice;
  /** folder of the people's sub-folders: everybody in it is enrolled in one step of the journal */
  readonly tree: string | undefined;
  /** source of thresholds, as for the command */
  readonly calibration: string | undefined;
  readonly search: (method: "auto") => Promise<FaceSearch>;
};

/** @throws FaceNetError ENROLMENT_FAILED if no photograph shows a face; as {@link indexPhotographs} */
export async function enrolPeople(people: readonly PersonPhotographs[], options: EnrolPeopleOptions) {
  const { facenet, store, choice, tree, calibration, search, signal, maxPixels, minFaceSize, minConfidence } = options;
  const added = new Set<string>();
  const files = distinctFiles(people.flatMap(({ photographs }) => photographs));
  const { failures: unread } = await indexPhotographs(files.values(), {
    ...options,
    retry: true,
    forgotten: true, // explicitly named photographs are always added
    onEvent: (event) => {
      if (event.kind === "added") added.add(event.path);
    },
  });
  const failures: FileFailure[] = [...unread];
  const faceIn = async (file: NamedFile): Promise<Shown[]> => {
    const { name: image, path } = file;
    if (failures.some((failure) => failure.path === path)) return [];
    try {
      // A known photograph may lack faces of people who were forgotten.
      if (!added.has(path)) await lookAgainAt(file, { facenet, store, signal, maxPixels });
      const face = await chosenFace(store, file, choice, { facenet, minFaceSize, minConfidence, maxPixels, signal });
      return [{ image, face }];
    } catch (error) {
      if (!(error instanceof FaceNetError)) throw error;
      failures.push({ path, ...failureOf(error) });
      return [];
    }
  };
  const own = { manifest: facenet.model, calibration: facenet.calibration };
  const { manifest } = await calibratedByGallery(store, own, calibration);
  const enrolling = { store, threshold: identificationThreshold(manifest, FAR, 1), correct: enrolAs(store, tree) };
  const done: Enrolment[] = [];
  for (const { name, photographs } of people) {
    const shown: Shown[] = [];
    for (const file of photographs) shown.push(...(await faceIn(file)));
    if (shown.length > 0) done.push(await enrol(name, shown, enrolling));
  }
  const named = failures.map((failure) => ({ ...failure, path: files.get(failure.path)?.name ?? failure.path }));
  const [first] = done;
  if (!first) {
    const [failure] = named;
    const reason = failure ? `${failure.path}: ${failure.message}` : "no face";
    throw new FaceNetError("ENROLMENT_FAILED", { name: tree ?? people[0]?.name, reason });
  }
  return {
    person: first.person,
    name: first.name,
    people: await groupsLike(done, await search("auto"), enrolling),
    enrolled: done.flatMap(({ enrolled }) => enrolled),
    warnings: done.flatMap(({ warnings }) => warnings),
    failures: named,
  };
}
