/** One person: name, timeline, faces. Selected faces can be moved to another person. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ServiceError } from "../../src/client/create-client.ts";
import type { Correction } from "../../src/schemas/gallery.ts";
import { useMay } from "../access.ts";
import { api, type ListedPerson, type Month, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { FaceCard } from "../parts/face-card.tsx";
import { Icon } from "../parts/icon.tsx";
import { NameInput } from "../parts/name-input.tsx";
import { Failure, GridSkeleton } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { SelectionBar } from "../parts/selection-bar.tsx";
import { type GridHandle, VirtualGrid } from "../parts/virtual-grid.tsx";
import { setSequence } from "../sequence.ts";
import { useSelection } from "../state/selection.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { usePages } from "../state/use-pages.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { dayText } from "../texts.ts";

const PAGE = 500;

export function PersonPage({ id }: { readonly id: number }) {
  const t = useStrings();
  const mayWrite = useMay("write");
  const { change } = useFrame();
  const { value: person, error, retry, set } = useLoaded(`person ${id}`, () => api.person(id));
  const [months, setMonths] = useState<readonly Month[]>([]);
  const [isNaming, setNaming] = useState(false);
  const grid = useRef<GridHandle>(null);
  const faces = usePages(`faces of ${id}`, PAGE, async (after, limit) => {
    const [page, { faces: total }] = await Promise.all([api.facesOf(id, after, limit), api.person(id)]);
    if (after === 0) setMonths(page.months);
    return { items: page.faces, total };
  });
  const ids = useMemo(() => faces.items.map((face) => face.id), [faces.items]);
  const selection = useSelection(ids);
  const who = person?.name ?? t.unnamedPerson;
  useTitle(person && who);
  useEffect(() => setSequence(faces.items.map((face) => ({ photograph: face.photograph, face: face.id }))), [faces.items]);
  const isGone = error instanceof ServiceError && error.status === 404;

  const correct = (correction: Correction, said: string) => {
    const leaving = selection.ids;
    if ("faces" in correction) faces.remove((face) => leaving.has(face.id));
    selection.clear();
    return change(correction, said);
  };
  const selected = () => [...selection.ids];
  const rename = async (name: string | null) => {
    setNaming(false);
    if (!person) return;
    set({ ...person, name });
    if (!(await change({ kind: "name", person: id, name }, name === null ? t.saidNameless : t.saidIs(name)))) set(person);
  };
  const hide = async (hidden: boolean) => {
    if (!person) return;
    set({ ...person, hidden });
    if (!(await change({ kind: "hide", person: id, hidden }, hidden ? t.saidHidden : t.saidShown))) set(person);
  };
  const cover = async (face: number) => {
    selection.clear();
    if (person) set({ ...person, cover: face });
    await change({ kind: "cover", person: id, face }, t.saidCover);
  };
  const mergeInto = async (other: ListedPerson) => {
    setNaming(false);
    if (await change({ kind: "merge", into: other.id, from: id }, t.saidMerged(other.name)))
      location.replace(`#/people/${other.id}`);
  };

  if (isGone) {
    return (
      <>
        <h1>{t.personGone}</h1>
        <p>
          <a href="#/people">{t.allPeople}</a>
        </p>
      </>
    );
  }
  return (
    <>
      {error !== undefined && <Failure error={error} onRetry={retry} />}
      <header class="person-head">
        <span class="avatar large">{person?.cover && <Picture path={thumbnailOf(person.cover, 320)} alt="" />}</span>
        <div class="grow">
          <h1 class={isNaming ? "visually-hidden" : person?.name === null ? "soft" : ""}>
            {person ? who : <span class="skeleton line" />}
          </h1>
          {isNaming && person ? (
            <NameInput
              label={t.nameWho(who)}
              placeholder={t.name}
              initial={person.name ?? ""}
              isMerge
              autoFocus
              except={id}
              onName={rename}
              onPerson={mergeInto}
              onCancel={() => setNaming(false)}
            />
          ) : (
            mayWrite &&
            person && (
              <>
                <button type="button" class="quiet" onClick={() => setNaming(true)}>
                  <Icon name="edit" size={16} /> {person.name === null ? t.addName : t.rename}
                </button>
                <button type="button" class="quiet" onClick={() => void hide(!person.hidden)}>
                  <Icon name="hide" size={16} /> {person.hidden ? t.unhide : t.hide}
                </button>
              </>
            )
          )}
          {person && (
            <p class="soft">
              {t.photographsOf(person.photographs)}
              {months.length > 0 && ` · ${span(months, t.code)}`}
            </p>
          )}
        </div>
      </header>
      <Timeline months={months} onMonth={(place) => grid.current?.scrollTo(place)} />
      <SelectionBar count={selection.ids.size} onClear={selection.clear}>
        <NameInput
          label={t.whoAreThese}
          placeholder={t.someoneElse}
          except={id}
          onPerson={(other) =>
            correct({ kind: "assign", faces: selected(), person: other.id }, t.saidAre(selection.ids.size, other.name))
          }
          onName={(name) => correct({ kind: "create", faces: selected(), name }, t.saidAre(selection.ids.size, name))}
        />
        <button
          type="button"
          onClick={() => void correct({ kind: "reject", person: id, faces: selected() }, t.saidNot(person?.name ?? null))}
        >
          {t.isNot(person?.name ?? null)}
        </button>
        <button
          type="button"
          disabled={selection.ids.size === faces.total}
          onClick={() => void correct({ kind: "split", person: id, faces: selected() }, t.saidSplit)}
        >
          {t.anotherPerson}
        </button>
        {selection.ids.size === 1 && (
          <button type="button" onClick={() => void cover(selected()[0] as number)}>
            {t.useAsCover}
          </button>
        )}
        <button
          type="button"
          onClick={() => void correct({ kind: "ignore", faces: selected(), as: "stranger" }, t.saidIgnored(selection.ids.size))}
        >
          {t.ignore}
        </button>
      </SelectionBar>
      {faces.error !== undefined && error === undefined && <Failure error={faces.error} onRetry={faces.retry} />}
      {faces.total === undefined && faces.error === undefined && <GridSkeleton cards={18} />}
      {faces.total === 0 && <p class="empty-note">{t.noFacesOfPerson}</p>}
      <VirtualGrid
        handle={grid}
        count={faces.total ?? 0}
        cardWidth={140}
        label={t.faces}
        onView={faces.onView}
        card={(place) => {
          const face = faces.at(place);
          if (!face) return <span class="skeleton" />;
          return (
            <FaceCard
              face={face.id}
              photograph={face.photograph}
              label={t.faceNumber(face.id)}
              caption={face.takenAt === null ? undefined : dayText(face.takenAt, t)}
              isSelected={selection.ids.has(face.id)}
              isSelecting={selection.ids.size > 0}
              onToggle={mayWrite ? (isRange) => selection.toggle(face.id, isRange) : undefined}
            />
          );
        }}
      />
    </>
  );
}

/** Years with photographs of the person; a click scrolls to the first. */
function Timeline({ months, onMonth }: { readonly months: readonly Month[]; readonly onMonth: (place: number) => void }) {
  const t = useStrings();
  const years = new Map<string, { readonly place: number; count: number }>();
  let place = 0;
  for (const { month, faces } of months) {
    const year = years.get(month.slice(0, 4));
    if (year) year.count += faces;
    else years.set(month.slice(0, 4), { place, count: faces });
    place += faces;
  }
  if (years.size < 2) return null;
  return (
    <nav class="timeline" aria-label={t.timeline}>
      <Icon name="calendar" size={16} />
      {[...years].map(([year, { place: first, count }]) => (
        <button key={year} type="button" class="chip" aria-label={t.photographsIn(year, count)} onClick={() => onMonth(first)}>
          {year} <small class="soft">{count.toLocaleString(t.code)}</small>
        </button>
      ))}
    </nav>
  );
}

function span(months: readonly Month[], language: string): string {
  const text = (month: string | undefined) =>
    new Date(`${month}-15T12:00:00`).toLocaleDateString(language, { year: "numeric", month: "long" });
  const [first, last] = [text(months.at(-1)?.month), text(months[0]?.month)];
  return first === last ? first : `${first} – ${last}`;
}
