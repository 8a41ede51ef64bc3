/** One person: their faces, their name, and everything that can be said about who is who. Edits show at once and can be undone. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Correction } from "../../src/schemas/gallery.ts";
import { useMay } from "../access.ts";
import { api, type ListedPerson, messageOf, type ShownFace, thumbnailOf } from "../api.ts";
import type { Frame } from "../frame.ts";
import { MergeDialog } from "../parts/merge-dialog.tsx";
import { Picture } from "../parts/picture.tsx";
import { VirtualGrid } from "../parts/virtual-grid.tsx";
import { useStrings } from "../strings.ts";

const PAGE = 500;

export function PersonPage({ id, frame }: { readonly id: number; readonly frame: Frame }) {
  const t = useStrings();
  const mayWrite = useMay("write");
  const [person, setPerson] = useState<ListedPerson>();
  const [faces, setFaces] = useState<readonly ShownFace[]>([]);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [isMerging, setMerging] = useState(false);
  const next = useRef<number | null>(0);
  const isLoading = useRef(false);
  const { tell } = frame;

  const more = useCallback(async () => {
    if (next.current === null || isLoading.current) return;
    isLoading.current = true;
    try {
      const page = await api.facesOf(id, next.current, PAGE);
      next.current = page.next;
      setFaces((before) => [...before, ...page.faces]);
    } catch (error) {
      next.current = null;
      tell(messageOf(error));
    } finally {
      isLoading.current = false;
    }
  }, [id, tell]);

  const reload = useCallback(async () => {
    next.current = 0;
    setFaces([]);
    setSelected(new Set());
    try {
      setPerson(await api.person(id));
      await more();
    } catch {
      location.hash = "#/people"; // gone: merged, or forgotten
    }
  }, [id, more]);
  // again after an undo, which may have changed them
  useEffect(() => void reload(), [reload, frame.version]);

  /** Shows the change at once, says it, and takes it back from sight where the service refuses. */
  const correct = async (correction: Correction, leaving: ReadonlySet<number> = new Set()) => {
    const before = faces;
    setFaces(faces.filter((face) => !leaving.has(face.id)));
    setSelected(new Set());
    try {
      const record = await api.correct(correction);
      tell(t.saved);
      return record;
    } catch (error) {
      setFaces(before);
      tell(messageOf(error));
      return undefined;
    }
  };
  const reject = () => correct({ kind: "reject", person: id, faces: [...selected] }, selected);
  const split = async () => {
    const record = await correct({ kind: "split", person: id, faces: [...selected] }, selected);
    if (record?.person) location.hash = `#/people/${record.person}`;
  };
  const rename = async (name: string) => {
    if (await correct({ kind: "name", person: id, name: name === "" ? null : name })) setPerson(await api.person(id));
  };
  const merge = async (other: number) => {
    setMerging(false);
    if (await correct({ kind: "merge", into: id, from: other })) await reload();
  };
  // Page after page, until the faces in sight are there: whoever goes to the end at once waits for those between.
  const onView = useCallback((_first: number, last: number) => void (last >= faces.length - 50 && more()), [faces.length, more]);
  const count = next.current === null ? faces.length : Math.max(faces.length, person?.faces ?? 0);

  if (!person) return null;
  const who = person.name ?? t.personNumber(id);
  const toggle = (face: number) => setSelected((before) => before.symmetricDifference(new Set([face])));
  return (
    <>
      <p>
        <a href="#/people">← {t.back}</a>
      </p>
      <h1>{who}</h1>
      {mayWrite && (
        <>
          <form
            class="row"
            onSubmit={(event) => {
              event.preventDefault();
              void rename(String(new FormData(event.currentTarget).get("name") ?? "").trim());
            }}
          >
            <input
              type="text"
              name="name"
              aria-label={t.nameWho(who)}
              placeholder={t.name}
              defaultValue={person.name ?? ""}
              autocomplete="off"
            />
            <button type="submit">{t.rename}</button>
            <button type="button" onClick={() => setMerging(true)}>
              {t.merge}
            </button>
          </form>
          <div class="row actions" role="toolbar" aria-label={t.faces}>
            <span class="soft">{selected.size === 0 ? t.select : t.selected(selected.size)}</span>
            <button type="button" disabled={selected.size === 0} onClick={reject}>
              {t.notThem}
            </button>
            <button type="button" disabled={selected.size === 0 || selected.size === faces.length} onClick={split}>
              {t.anotherPerson}
            </button>
          </div>
        </>
      )}
      <VirtualGrid
        count={count}
        cardWidth={140}
        cardHeight={140}
        label={t.faces}
        onView={onView}
        card={(place) => {
          const face = faces[place];
          if (!face) return <span class="face pending" />;
          const picture = <Picture path={thumbnailOf(face.id)} alt={t.faceNumber(face.id)} width={124} height={124} />;
          if (!mayWrite) return <span class="face">{picture}</span>;
          return (
            <button type="button" class="face" aria-pressed={selected.has(face.id)} onClick={() => toggle(face.id)}>
              {picture}
            </button>
          );
        }}
      />
      {isMerging && <MergeDialog person={person} onChoose={merge} onClose={() => setMerging(false)} />}
    </>
  );
}
