/**
 * Imports the records of an export into a gallery, empty or not. Photographs are matched by content, people by name, faces by
 * position. Corrections in the target gallery take precedence. The import consists of many idempotent transactions, so an
 * interrupted or complete import can be repeated; for undo they are one step.
 */

import { nearestBox } from "../faces/detection/overlap.ts";
import type { GalleryFace, NewFace } from "../schemas/gallery.ts";
import type { ExportRecord, ExportRecordOf, FaceReference } from "../schemas/gallery-export.ts";
import type { GalleryStore, OpenStep } from "./store/gallery-store.ts";

/** Photographs per batch of assignments. */
const PORTION = 256;
/** Minimum intersection over union of two detections of one face. */
const SAME_FACE = 0.5;

export type ImportReport = {
  readonly photographs: number;
  /** photographs that were not in the gallery before */
  readonly added: number;
  readonly faces: number;
  /** skipped, because they were forgotten in this gallery */
  readonly forgotten: number;
  /** paths at which this gallery has other photographs; the imported ones were skipped */
  readonly conflicts: readonly string[];
};

/** A face of the gallery and its person in the export. */
type Claim = {
  readonly face: number;
  readonly owner: Pick<GalleryFace, "person" | "assignedBy" | "ignored">;
  readonly wanted: { readonly person: number; readonly by: GalleryFace["assignedBy"]; readonly isCover: boolean };
};

export class GalleryImport {
  readonly #store: GalleryStore;
  readonly #step: OpenStep;
  /** Export numbers of hidden people. */
  readonly #hidden = new Set<number>();
  readonly #counts = { photographs: 0, added: 0, faces: 0, forgotten: 0 };
  readonly #conflicts: string[] = [];
  /** Gallery number of a person by export number. */
  readonly #people = new Map<number, number>();
  #claims: Claim[] = [];
  #pending = 0;

  /** @param file name of the export, for the journal */
  constructor(store: GalleryStore, file: string) {
    this.#store = store;
    this.#step = store.openStep({ kind: "import", file });
  }

  get report(): ImportReport {
    return { ...this.#counts, conflicts: this.#conflicts };
  }

  /** @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_NOT_WRITABLE */
  async add(record: ExportRecord): Promise<void> {
    if (record.kind !== "photograph") await this.#settle();
    switch (record.kind) {
      case "gallery":
        return this.#store.adopt(record.identity);
      case "person":
        return this.#addPerson(record);
      case "photograph":
        return this.#addPhotograph(record);
      case "unreadable":
        if (!(await this.#store.knownFile(record.path))) await this.#store.recordFailure(record);
        return;
      case "link":
        return this.#addLink(record);
      case "rejection":
        return this.#addRejection(record);
      case "undecided":
        return this.#addUndecided(record);
      case "forgotten":
        return this.#store.rememberForgotten([record.hash]);
      case "end":
        return;
      default:
        record satisfies never;
    }
  }

  /** Unnamed people are matched by their faces. */
  async #addPerson({ id, name, hidden }: ExportRecordOf<"person">): Promise<void> {
    if (hidden) this.#hidden.add(id);
    if (name === null) return;
    const known = await this.#store.personByName(name);
    this.#people.set(id, known?.id ?? (await this.#create(id, name)));
  }

  async #create(id: number, name: string | null): Promise<number> {
    const person = (await this.#step.correct({ kind: "create", name, faces: [] })) as number;
    if (this.#hidden.has(id)) await this.#step.correct({ kind: "hide", person, hidden: true });
    return person;
  }

  async #addPhotograph({
    files,
    lastPath = null,
    faces,
    floor,
    pixels: hashed,
    ...photo
  }: ExportRecordOf<"photograph">): Promise<void> {
    const { hash, width, height, takenAt } = photo;
    const pixels = hashed ?? null;
    const store = this.#store;
    this.#counts.photographs++;
    const known = await store.photographByHash(hash);
    if (!known && (await store.isForgotten(hash))) {
      this.#counts.forgotten++;
      return;
    }
    let photograph = known?.id;
    const made = faces.map(newFace);
    const count = ({ added }: { readonly added: boolean }) => {
      if (!added) return;
      this.#counts.added++;
      this.#counts.faces += faces.length;
    };
    if (files.length === 0) {
      const recorded = await store.recordGone({ hash, pixels, width, height, takenAt, lastPath, faces: made });
      photograph = recorded.photograph;
      count(recorded);
    }
    for (const { missing, hash: fileHash, ...file } of files) {
      const there = await store.knownFile(file.path);
      if (there?.photograph && there.photograph === photograph) continue;
      if (there?.photograph) {
        this.#conflicts.push(file.path);
        continue;
      }
      const recorded = await store.recordFile({
        ...file,
        ...(floor && { floor }),
        hash,
        fileHash,
        pixels,
        width,
        height,
        takenAt,
        faces: made,
      });
      photograph = recorded.photograph;
      if (missing) await store.markMissing([file.path]);
      count(recorded);
    }
    if (photograph === undefined) return;
    const own = await Array.fromAsync(store.faces({ photograph }));
    for (const { box, person, assignedBy: by, ignored: as, cover: isCover = false } of faces) {
      const face = person === null && as === undefined ? undefined : nearestBox(own, box, SAME_FACE);
      if (face && person !== null) this.#claims.push({ face: face.id, owner: face, wanted: { person, by, isCover } });
      else if (face && as !== undefined && face.assignedBy !== "user" && !face.ignored)
        await this.#step.correct({ kind: "ignore", faces: [face.id], as });
    }
    if (++this.#pending >= PORTION) await this.#settle();
  }

  /** Assigns faces to people: users' assignments before those of clustering, each only if it changes something. */
  async #settle(): Promise<void> {
    const claims = this.#claims;
    this.#claims = [];
    this.#pending = 0;
    for (const { owner, wanted } of claims)
      if (owner.person !== null && !this.#people.has(wanted.person)) this.#people.set(wanted.person, owner.person);
    const news = claims.filter(
      ({ owner, wanted }) => owner.assignedBy !== "user" && !owner.ignored && (owner.person === null || wanted.by === "user"),
    );
    const grouped: { faces: number[]; person: number }[] = [];
    for (const some of Map.groupBy(news, ({ wanted: { person, by } }) => `${person} ${by}`).values()) {
      const { wanted } = some[0] as Claim;
      const [faces, person] = [some.map(({ face }) => face), await this.#personFor(wanted.person)];
      if (wanted.by === "user") await this.#step.correct({ kind: "assign", faces, person });
      else grouped.push({ faces, person });
    }
    if (grouped.length > 0) await this.#step.regroup(grouped);
    for (const { face, wanted } of claims) if (wanted.isCover) await this.#chooseCover(face, wanted.person);
  }

  /** If the person has none in this gallery. */
  async #chooseCover(face: number, id: number): Promise<void> {
    const person = this.#people.get(id);
    const isTheirs = person !== undefined && (await this.#store.face(face))?.person === person;
    if (isTheirs && (await this.#store.person(person))?.cover === null) await this.#step.correct({ kind: "cover", person, face });
  }

  async #personFor(id: number): Promise<number> {
    const known = this.#people.get(id);
    const person = known ?? (await this.#create(id, null));
    this.#people.set(id, person);
    return person;
  }

  async #addLink({ a, b, link: kind }: ExportRecordOf<"link">): Promise<void> {
    const [first, second] = [await this.#find(a), await this.#find(b)];
    if (!first || !second || first.id === second.id) return;
    const [low, high] = first.id < second.id ? [first.id, second.id] : [second.id, first.id];
    const said = (await this.#store.links()).some((link) => link.a === low && link.b === high);
    if (!said) await this.#step.correct({ kind: "link", links: [{ a: low, b: high, kind }] });
  }

  async #addRejection({ face: reference, person: id }: ExportRecordOf<"rejection">): Promise<void> {
    const [face, person] = [await this.#find(reference), this.#people.get(id)];
    if (!face || person === undefined || (face.person === person && face.assignedBy === "user")) return;
    await this.#step.correct({ kind: "reject", faces: [face.id], person });
  }

  async #addUndecided({ person: id, group: groupId, face: reference }: ExportRecordOf<"undecided">): Promise<void> {
    const person = this.#people.get(id);
    const group = groupId === null ? undefined : this.#people.get(groupId);
    const face = reference === null ? undefined : (await this.#find(reference))?.id;
    if (person === undefined || (group === undefined) === (face === undefined) || group === person) return;
    const isKnown = (await this.#store.undecided()).some((one) => {
      return one.person === person && one.group === (group ?? null) && one.face === (face ?? null);
    });
    if (!isKnown) await this.#step.correct({ kind: "undecided", person, ...(face === undefined ? { group } : { face }) });
  }

  async #find({ photograph: hash, box }: FaceReference): Promise<GalleryFace | undefined> {
    const photograph = await this.#store.photographByHash(hash);
    return photograph && nearestBox(await Array.fromAsync(this.#store.faces({ photograph: photograph.id })), box, SAME_FACE);
  }
}

type ExportedFace = ExportRecordOf<"photograph">["faces"][number];

function newFace({ box, landmarks, quality, code, vector, drawn, embedded }: ExportedFace): NewFace {
  return {
    ...(drawn && { drawn }),
    ...(embedded === false && { embedded }),
    box,
    landmarks,
    quality,
    code: new Int8Array(Buffer.from(code, "base64")),
    vector: vector === undefined ? null : new Float32Array(Uint8Array.from(Buffer.from(vector, "base64")).buffer),
  };
}
