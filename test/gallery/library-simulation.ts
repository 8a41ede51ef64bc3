/**
 * Simulates a library of photographs that a user edits, moves and corrects, while the gallery follows: random steps, and at the
 * end the numbers of corrections that the gallery still has, and of faces with a wrong name.
 */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { overlapOfUnion } from "../../src/faces/detection/overlap.ts";
import type { FaceNet } from "../../src/faces/facenet.ts";
import { galleryIdentity } from "../../src/gallery/access/gallery-identity.ts";
import { drawFace } from "../../src/gallery/draw-face.ts";
import { embedAgain } from "../../src/gallery/embed-again.ts";
import { indexFolders } from "../../src/gallery/indexing/index-folders.ts";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { cluster } from "../../src/operations/cluster.ts";
import { createContext } from "../../src/operations/context.ts";
import { galleryExport } from "../../src/operations/gallery-export.ts";
import { galleryImport } from "../../src/operations/gallery-import.ts";
import type { Box } from "../../src/schemas/face.ts";
import type { GalleryFace } from "../../src/schemas/gallery.ts";

export type Random = () => number;

/** A photograph of the library: its bytes, and the people with their positions. */
export type Picture = { readonly shot: number; readonly bytes: Uint8Array; readonly humans: readonly Human[] };
export type Human = { readonly human: string; readonly box: Box; readonly isCut?: boolean };

export type Edit = "metadata" | "compress" | "turn" | "crop";
export const edits: readonly Edit[] = ["metadata", "compress", "turn", "crop"];

export type World = {
  readonly facenet: FaceNet;
  /** With a different embedder and the same detector, for migrations there and back. */
  readonly other?: FaceNet | undefined;
  /** @returns undefined if the edit is not possible */
  readonly edit: (picture: Picture, edit: Edit, random: Random) => Promise<Picture | undefined>;
  /** Another shot, in which the people of `of` have the exact positions of those in `place`. */
  readonly standIn?: ((place: Picture, of: Picture, shot: number) => Promise<Picture>) | undefined;
  /** A position in a picture without a face. */
  readonly background?: ((picture: Picture, random: Random) => Promise<Box | undefined>) | undefined;
  /** Indexes the folder in a separate process, which is killed at a random moment. */
  readonly killedIndex?: ((folder: string, gallery: string, minFaceSize: number, random: Random) => Promise<void>) | undefined;
};

export type Outcome = {
  /** Corrections of faces whose photographs are on disk. */
  readonly statements: number;
  /** Of these, applied by the gallery to the right face. */
  readonly placed: number;
  /** Faces with the name of a different person. */
  readonly wrong: number;
  /** Others that the gallery lists as unplaced. */
  readonly listed: number;
  /** The corrections that are not placed. */
  readonly lost: readonly string[];
  readonly steps: Readonly<Record<string, number>>;
};

/** A correction of a person in a shot: a name (also of a drawn face), a rejection, or that the face is to be ignored. */
type Statement = {
  readonly kind: "name" | "draw" | "reject" | "ignore";
  readonly shot: number;
  readonly human: string;
  readonly of: string;
};
/** A step of the gallery's journal: a correction, or nothing for a clustering run. */
type Step = Statement | undefined;

/** Minimum face sizes that the user switches between. */
const SIZES = [40, 30, 60] as const;

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });

export class LibrarySimulation {
  readonly #world: World;
  readonly #folder: string;
  readonly #random: Random;
  readonly #files = new Map<string, Picture>();
  /** Undo and redo stacks, most recent last. */
  readonly #done: Step[] = [];
  #undone: Step[] = [];
  /** Corrections from before an import of the gallery, which cannot be undone one by one. */
  #kept: Statement[] = [];
  readonly #steps: Record<string, number> = {};
  #stores: GalleryStore[] = [];
  #count = 0;
  #facenet: FaceNet;
  #minFaceSize: number = SIZES[0];

  constructor(world: World, folder: string, random: Random) {
    this.#world = world;
    this.#facenet = world.facenet;
    this.#folder = folder;
    this.#random = random;
  }

  /** Adds photographs to the library and indexes them. */
  async start(pictures: readonly Picture[]): Promise<void> {
    await mkdir(join(this.#folder, "photos"), { recursive: true });
    await this.#open("gallery.db");
    for (const picture of pictures) await this.#put(this.#newPath(), picture);
    await this.#index();
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.close();
  }

  /** Two processes have the gallery open. */
  async #open(name: string): Promise<void> {
    const gallery = join(this.#folder, name);
    await this.close();
    this.#stores = [await openGalleryStore(gallery), await openGalleryStore(gallery)];
  }

  /** One random step. */
  async step(): Promise<void> {
    const steps: [weight: number, name: string, work: () => Promise<void>][] = [
      [8, "name", () => this.#name()],
      [3, "reject", () => this.#reject()],
      [2, "ignore", () => this.#ignore()],
      [2, "draw", () => this.#draw()],
      [3, "undo", () => this.#undo()],
      [2, "redo", () => this.#redo()],
      [1, "cluster", () => this.#cluster()],
      [10, "edit", () => this.#edit(false)],
      [4, "edit and move", () => this.#edit(true)],
      [4, "move", () => this.#move()],
      [3, "reuse a name", () => this.#reuse()],
      [2, "swap names", () => this.#swap()],
      [3, "stand in", () => this.#standIn()],
      [1, "delete", () => this.#delete()],
      [3, "index", () => this.#index()],
      [1, "kill an index", () => this.#killedIndex()],
      [1, "two indexers", () => this.#twoIndexers()],
      [0.7, "smallest face", () => this.#smallestFace()],
      [0.4, "migrate", () => this.#migrate()],
      [0.4, "export and import", () => this.#exportAndImport()],
    ];
    let left = this.#random() * steps.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, name, work] of steps) {
      left -= weight;
      if (left > 0) continue;
      this.#steps[name] = (this.#steps[name] ?? 0) + 1;
      return work();
    }
  }

  /** Indexes, and compares the gallery with the corrections. */
  async judge(): Promise<Outcome> {
    await this.#index();
    const [store] = this.#stores as [GalleryStore];
    const names = await store.names();
    const rejections = await store.rejections();
    const pathOf = new Map([...this.#files].map(([path, { shot }]) => [shot, path]));
    let [statements, placed] = [0, 0];
    const lost: string[] = [];
    for (const { kind, shot, human, of } of this.#standing()) {
      const path = pathOf.get(shot);
      const face = path === undefined ? undefined : await this.#faceOf(store, path, human);
      if (path === undefined || !this.#files.get(path)?.humans.some((one) => one.human === human && !one.isCut)) continue;
      statements++;
      const person = [...names].find(([, name]) => name === of)?.[0];
      const isNamed = face?.person === person && face?.assignedBy === "user";
      const isKnown = {
        name: isNamed,
        draw: isNamed,
        reject: rejections.some((rejection) => rejection.face === face?.id && rejection.person === person),
        ignore: face?.ignored === true,
      };
      if (isKnown[kind]) placed++;
      else lost.push(`${kind}: ${human} in shot ${shot}, face ${face?.id ?? "not found"}`);
    }
    let wrong = 0;
    const ignored = new Set(this.#standing().flatMap(({ kind, human }) => (kind === "ignore" ? human : [])));
    for (const [path, { humans }] of this.#files) {
      for (const face of await this.#facesAt(store, path)) {
        const name = face.person === null || face.assignedBy !== "user" ? undefined : names.get(face.person);
        const human = this.#humanAt(face, humans);
        if (name !== undefined && name !== null && human !== name) wrong++;
        if (face.ignored && human !== undefined && !ignored.has(human)) wrong++;
        wrong += rejections.filter(
          (one) => one.face === face.id && human !== undefined && names.get(one.person) === human,
        ).length;
      }
    }
    const listed = (await store.unplaced()).length;
    return { statements, placed, wrong, listed, lost, steps: this.#steps };
  }

  async #smallestFace(): Promise<void> {
    this.#minFaceSize = this.#pick(SIZES) as number;
    await this.#index();
  }

  /** Migrates to the other model. If photographs with corrections are missing, cancels; otherwise forgets the missing ones. */
  async #migrate(): Promise<void> {
    const { facenet, other = facenet } = this.#world;
    await this.#index();
    const [store] = this.#stores as [GalleryStore];
    if (other === facenet || (await store.unplaced()).length > 0) return;
    const wanted = this.#facenet === facenet ? other : facenet;
    await store.startMigration(galleryIdentity(wanted.model, wanted.detector));
    const { lost } = await embedAgain({ facenet: wanted, store, findAnew: false });
    if (lost.some(({ reason }) => reason !== "gone")) return store.abandonMigration();
    for (const { id } of lost) await store.forgetPhotograph(id, { mayReturn: true });
    await store.finishMigration();
    this.#facenet = wanted;
  }

  /** Imports into a new gallery, with the corrections and a new history. */
  async #exportAndImport(): Promise<void> {
    await this.#index(); // an export has photographs as they were indexed
    const { name: gallery } = this.#stores[0] as GalleryStore;
    const file = join(this.#folder, `export-${this.#count++}.jsonl`);
    await galleryExport.run(galleryExport.input.parse({ file, gallery }), context);
    const name = `gallery-${this.#count++}.db`;
    await galleryImport.run(galleryImport.input.parse({ file, gallery: join(this.#folder, name) }), context);
    await this.#open(name);
    this.#kept = this.#standing();
    this.#done.length = 0;
    this.#undone = [];
  }

  /** Later corrections of the same face replace earlier ones. */
  #standing(): Statement[] {
    const standing = new Map<string, Statement>();
    for (const one of [...this.#kept, ...this.#done]) {
      if (one) standing.set(`${one.shot} ${one.human} ${one.kind === "reject" ? one.of : ""}`, one);
    }
    return [...standing.values()];
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  #newPath(): string {
    const n = this.#count++;
    return join(this.#folder, "photos", `roll${Math.floor(n / 40)}`, `IMG_${String(n).padStart(5, "0")}.jpg`);
  }

  async #put(path: string, picture: Picture): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, picture.bytes);
    this.#files.set(path, picture);
  }

  /** A file whose current content the gallery has indexed, so that the user could see whom they name. */
  async #seen(): Promise<{ path: string; picture: Picture; store: GalleryStore } | undefined> {
    const store = this.#pick(this.#stores) as GalleryStore;
    const path = this.#pick([...this.#files.keys()]);
    const picture = path === undefined ? undefined : this.#files.get(path);
    if (path === undefined || !picture) return undefined;
    await this.#index();
    return { path, picture, store };
  }

  async #name(): Promise<void> {
    const seen = await this.#seen();
    const who = seen && this.#pick(seen.picture.humans);
    if (!seen || !who) return;
    const { store, path, picture } = seen;
    const face = await this.#faceOf(store, path, who.human);
    if (!face) return;
    const known = await store.personByName(who.human);
    await store.correct(
      known ? { kind: "assign", faces: [face.id], person: known.id } : { kind: "create", name: who.human, faces: [face.id] },
    );
    this.#did({ kind: "name", shot: picture.shot, human: who.human, of: who.human });
  }

  async #reject(): Promise<void> {
    const seen = await this.#seen();
    const who = seen && this.#pick(seen.picture.humans);
    if (!seen || !who) return;
    const others = (await seen.store.people()).filter(({ name }) => name !== null && name !== who.human);
    const other = this.#pick(others);
    const face = await this.#faceOf(seen.store, seen.path, who.human);
    if (!face || !other?.name) return;
    await seen.store.correct({ kind: "reject", faces: [face.id], person: other.id });
    this.#did({ kind: "reject", shot: seen.picture.shot, human: who.human, of: other.name });
  }

  async #ignore(): Promise<void> {
    const seen = await this.#seen();
    const who = seen && this.#pick(seen.picture.humans);
    const face = seen && who && (await this.#faceOf(seen.store, seen.path, who.human));
    if (!face) return;
    await seen.store.correct({ kind: "ignore", faces: [face.id], as: "stranger" });
    this.#did({ kind: "ignore", shot: seen.picture.shot, human: who.human, of: "" });
  }

  /** A face that the detector misses, or a region without a face: a person from behind. */
  async #draw(): Promise<void> {
    const seen = await this.#seen();
    if (!seen) return;
    const { store, path, picture } = seen;
    const found = await this.#facesAt(store, path);
    const unseen = picture.humans.filter(
      ({ box, isCut }) => !isCut && found.every((face) => overlapOfUnion(face.box, box) < 0.1),
    );
    let who = this.#pick(unseen);
    if (!who) {
      const box = await this.#world.background?.(picture, this.#random);
      if (!box || found.some((face) => overlapOfUnion(face.box, box) > 0)) return;
      who = { human: `from behind ${this.#count++}`, box };
      this.#files.set(path, { ...picture, humans: [...picture.humans, who] });
    }
    const photograph = await store.photograph((await store.knownFile(path))?.photograph as number);
    if (!photograph) throw new Error("a photograph with faces is known");
    const { added } = await drawFace(photograph, who.box, { facenet: this.#facenet, store, name: who.human });
    if (!added) throw new Error("there was no face");
    this.#did({ kind: "draw", shot: picture.shot, human: who.human, of: who.human });
  }

  /** Loose and strict clustering runs, also from scratch. */
  async #cluster(): Promise<void> {
    const { name: gallery } = this.#stores[0] as GalleryStore;
    const input = { gallery, threshold: 0.2 + 2 * this.#random(), reset: this.#random() < 0.3 };
    if ((await cluster.run(cluster.input.parse(input), context)).done) this.#did(undefined);
  }

  #did(step: Step): void {
    this.#done.push(step);
    this.#undone = [];
  }

  async #undo(): Promise<void> {
    if (this.#done.length === 0 && this.#kept.length > 0) return; // it would take the whole import back
    const undone = await (this.#pick(this.#stores) as GalleryStore).undo();
    if ((undone !== undefined) !== this.#done.length > 0) throw new Error("undo takes back what was done, and all of it");
    if (undone) this.#undone.push(this.#done.pop());
  }

  async #redo(): Promise<void> {
    const redone = await (this.#pick(this.#stores) as GalleryStore).redo();
    if ((redone !== undefined) !== this.#undone.length > 0) throw new Error("redo does what was taken back, and all of it");
    if (redone) this.#done.push(this.#undone.pop());
  }

  async #edit(isMoved: boolean): Promise<void> {
    const path = this.#pick([...this.#files.keys()]);
    const picture = path === undefined ? undefined : this.#files.get(path);
    if (path === undefined || !picture) return;
    const edited = await this.#world.edit(picture, this.#pick(edits) as Edit, this.#random);
    if (!edited) return;
    if (isMoved) await this.#remove(path);
    await this.#put(isMoved ? this.#newPath() : path, edited);
  }

  async #move(): Promise<void> {
    const path = this.#pick([...this.#files.keys()]);
    if (path !== undefined) await this.#rename(path, this.#newPath());
  }

  /** The camera restarts its counter: another photograph gets the name, and the previous one moves. */
  async #reuse(): Promise<void> {
    const [path, other] = [this.#pick([...this.#files.keys()]), this.#pick([...this.#files.keys()])];
    if (path === undefined || other === undefined || path === other) return;
    await this.#rename(path, this.#newPath());
    await this.#rename(other, path);
  }

  /** The next portrait from the same tripod overwrites the last one. */
  async #standIn(): Promise<void> {
    const [path, of] = [this.#pick([...this.#files.keys()]), this.#pick([...this.#files.values()])];
    const place = path === undefined ? undefined : this.#files.get(path);
    if (path === undefined || !place || !of || !this.#world.standIn) return;
    await this.#put(path, await this.#world.standIn(place, of, 10_000 + this.#count++));
  }

  async #swap(): Promise<void> {
    const [a, b] = [this.#pick([...this.#files.keys()]), this.#pick([...this.#files.keys()])];
    if (a === undefined || b === undefined || a === b) return;
    const between = this.#newPath();
    await this.#rename(a, between);
    await this.#rename(b, a);
    await this.#rename(between, b);
  }

  async #delete(): Promise<void> {
    const path = this.#pick([...this.#files.keys()]);
    if (path !== undefined) await this.#remove(path);
  }

  async #remove(path: string): Promise<void> {
    await rm(path);
    this.#files.delete(path);
  }

  async #rename(from: string, to: string): Promise<void> {
    const picture = this.#files.get(from);
    if (!picture) return;
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    this.#files.delete(from);
    this.#files.set(to, picture);
  }

  async #index(store = this.#stores[0] as GalleryStore, signal?: AbortSignal): Promise<void> {
    await indexFolders([join(this.#folder, "photos")], {
      facenet: this.#facenet,
      store,
      minFaceSize: this.#minFaceSize,
      ...(signal && { signal }),
    });
  }

  async #killedIndex(): Promise<void> {
    const { killedIndex } = this.#world;
    if (killedIndex && this.#random() < 0.5) {
      const { name: gallery } = this.#stores[0] as GalleryStore;
      return killedIndex(join(this.#folder, "photos"), gallery, this.#minFaceSize, this.#random);
    }
    const abort = new AbortController();
    let reads = Math.floor(this.#random() * 5);
    const [store] = this.#stores as [GalleryStore];
    const killed = {
      ...store,
      recordFile: async (file: Parameters<GalleryStore["recordFile"]>[0]) => {
        if (reads-- <= 0) abort.abort();
        abort.signal.throwIfAborted();
        return store.recordFile(file);
      },
      moveFaces: async (move: Parameters<GalleryStore["moveFaces"]>[0]) => {
        if (this.#random() < 0.5) abort.abort();
        abort.signal.throwIfAborted();
        return store.moveFaces(move);
      },
    };
    await this.#index(killed, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
  }

  async #twoIndexers(): Promise<void> {
    await Promise.all(this.#stores.map((store) => this.#index(store)));
  }

  async #facesAt(store: GalleryStore, path: string): Promise<GalleryFace[]> {
    const photograph = (await store.knownFile(path))?.photograph;
    return typeof photograph === "number" ? Array.fromAsync(store.faces({ photograph })) : [];
  }

  async #faceOf(store: GalleryStore, path: string, human: string): Promise<GalleryFace | undefined> {
    const humans = this.#files.get(path)?.humans ?? [];
    return (await this.#facesAt(store, path)).find((face) => this.#humanAt(face, humans) === human);
  }

  /** Person shown by a face: the one whose position overlaps it most. */
  #humanAt({ box }: GalleryFace, humans: readonly Human[]): string | undefined {
    const judged = humans.map((one) => ({ one, overlap: overlapOfUnion(one.box, box) })).sort((a, b) => b.overlap - a.overlap);
    return judged[0] && judged[0].overlap > 0.2 ? judged[0].one.human : undefined;
  }
}

/** JPEG with a comment, as written by programs that rate or caption photographs: the picture is unchanged. */
export function withComment(jpeg: Uint8Array, text: string): Uint8Array {
  const comment = Buffer.from(text);
  const header = Buffer.from([0xff, 0xfe, (comment.length + 2) >> 8, (comment.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), header, comment, jpeg.subarray(2)]);
}
