/** All people of the gallery: unnamed people first, each with a name field, then the others as a grid. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useMay } from "../access.ts";
import { api, type ListedPerson, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { Icon } from "../parts/icon.tsx";
import { NameInput } from "../parts/name-input.tsx";
import { Failure, GridSkeleton, Welcome } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { SelectionBar } from "../parts/selection-bar.tsx";
import { VirtualGrid } from "../parts/virtual-grid.tsx";
import { personLink } from "../routes.ts";
import { type Selection, useSelection } from "../state/selection.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { usePages } from "../state/use-pages.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";

const PAGE = 100;
/** Delay after the last keystroke before searching. */
const PAUSE_MS = 250;
/** Unnamed people shown initially: one or two rows. */
const FEW = 12;

export function PeoplePage() {
  const t = useStrings();
  const mayWrite = useMay("write");
  const { change } = useFrame();
  const [filter, setFilter] = useState("");
  const [search, setSearch] = useState("");
  const [areAllShown, showAll] = useState(true);
  const [isHidden, setHidden] = useState(false);
  const load = (named: boolean) => async (after: number, limit: number) => {
    const { people, total } = await api.people({ after, limit, search, named, hidden: isHidden || undefined });
    return { items: people, total };
  };
  const unnamed = usePages(`unnamed ${isHidden} ${search}`, PAGE, load(false));
  const named = usePages(`named ${isHidden} ${search}`, PAGE, load(true));
  // Requested after the cards, because the service answers requests in order.
  const { value: statistics, error, retry } = useLoaded("statistics", () => api.statistics({}));
  const { value: questions } = useLoaded("questions of the wall", () => api.suggestions({ limit: 1 }));
  const { value: hiddenPeople } = useLoaded("hidden people", () => api.people({ limit: 1, hidden: true }));
  useTitle(t.people);
  useEffect(() => {
    const timer = setTimeout(() => setSearch(filter.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [filter]);
  const everybody = useMemo(() => [...unnamed.items, ...named.items], [unnamed.items, named.items]);
  const selection = useSelection(useMemo(() => everybody.map(({ id }) => id), [everybody]));

  /** Focuses the next name field, so that name after name can be typed without a click. */
  const wall = useRef<HTMLElement>(null);
  const named_ = async (person: ListedPerson, place: number, say: () => Promise<unknown>) => {
    unnamed.remove(({ id }) => id === person.id);
    requestAnimationFrame(() => {
      const field = wall.current?.querySelector<HTMLElement>(`li[aria-posinset="${place + 1}"] input`);
      field?.focus();
    });
    await say();
  };
  const merge = async () => {
    const chosen = everybody
      .filter(({ id }) => selection.ids.has(id))
      .sort((a, b) => Number(a.name === null) - Number(b.name === null) || b.faces - a.faces);
    const [into, ...others] = chosen;
    selection.clear();
    if (!into) return;
    for (const from of others) await change({ kind: "merge", into: into.id, from: from.id }, t.saidMerged(into.name));
  };

  const hideSelected = async () => {
    const chosen = [...selection.ids];
    selection.clear();
    for (const id of chosen) await change({ kind: "hide", person: id, hidden: !isHidden }, isHidden ? t.saidShown : t.saidHidden);
  };

  const isEmpty = unnamed.total === 0 && named.total === 0;
  const failure = unnamed.error ?? named.error ?? error;
  const again = () => {
    unnamed.retry();
    named.retry();
    retry();
  };
  return (
    <>
      <header class="page-head">
        <h1>{t.people}</h1>
        {statistics && statistics.photographs > 0 && (
          <p class="soft">
            {t.counts(statistics.photographs, statistics.faces, statistics.people)}
            {statistics.calibration && (
              <>
                <br />
                {t.calibrated(statistics.calibration.distinctPairs, statistics.calibration.photographs)}
              </>
            )}
          </p>
        )}
        <input
          type="search"
          aria-label={t.filter}
          placeholder={t.filter}
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        {questions && questions.total > 0 && (
          <a class="button" href="#/questions">
            {t.questionsLink(questions.total)}
          </a>
        )}
        {(isHidden || (hiddenPeople?.total ?? 0) > 0) && (
          <button type="button" class="link" aria-pressed={isHidden} onClick={() => setHidden(!isHidden)}>
            {isHidden ? t.showUnhidden : t.showHidden(hiddenPeople?.total ?? 0)}
          </button>
        )}
      </header>
      {failure !== undefined && <Failure error={failure} onRetry={again} />}
      {unnamed.total === undefined && failure === undefined && <GridSkeleton />}
      {isEmpty && search !== "" && <p class="empty-note">{t.nobodyOf(search)}</p>}
      {isEmpty && search === "" && !isHidden && <Welcome text={t.nobodyYet} />}
      <SelectionBar count={selection.ids.size} onClear={selection.clear}>
        <button type="button" class="main" disabled={selection.ids.size < 2} onClick={() => void merge()}>
          {t.mergeSelected}
        </button>
        <button type="button" onClick={() => void hideSelected()}>
          {isHidden ? t.unhide : t.hide}
        </button>
      </SelectionBar>
      {(unnamed.total ?? 0) > 0 && (
        <section ref={wall} aria-label={t.withoutName}>
          <h2 class="section">
            {t.withoutName} <small class="soft">{unnamed.total?.toLocaleString(t.code)}</small>
            {(unnamed.total ?? 0) > FEW && (
              <button type="button" class="link" aria-expanded={areAllShown} onClick={() => showAll(!areAllShown)}>
                {areAllShown ? t.showLess : t.showAll}
              </button>
            )}
          </h2>
          <VirtualGrid
            count={areAllShown ? (unnamed.total ?? 0) : Math.min(FEW, unnamed.total ?? 0)}
            cardWidth={150}
            captionHeight={74}
            label={t.withoutName}
            onView={unnamed.onView}
            card={(place) => {
              const person = unnamed.at(place);
              if (!person) return <span class="skeleton" />;
              return (
                <PersonCard key={person.id} person={person} selection={mayWrite ? selection : undefined}>
                  {mayWrite && (
                    <NameInput
                      label={t.nameOfUnnamed(person.id)}
                      placeholder={t.addName}
                      isMerge
                      except={person.id}
                      onName={(name) =>
                        named_(person, place, () => change({ kind: "name", person: person.id, name }, t.saidIs(name)))
                      }
                      onPerson={(other) =>
                        named_(person, place, () =>
                          change({ kind: "merge", into: other.id, from: person.id }, t.saidMerged(other.name)),
                        )
                      }
                    />
                  )}
                </PersonCard>
              );
            }}
          />
        </section>
      )}
      {(named.total ?? 0) > 0 && (
        <section aria-label={t.withName}>
          {(unnamed.total ?? 0) > 0 && (
            <h2 class="section">
              {t.withName} <small class="soft">{named.total?.toLocaleString(t.code)}</small>
            </h2>
          )}
          <VirtualGrid
            count={named.total ?? 0}
            cardWidth={150}
            captionHeight={58}
            label={t.people}
            onView={named.onView}
            card={(place) => {
              const person = named.at(place);
              return person ? (
                <PersonCard person={person} selection={mayWrite ? selection : undefined} />
              ) : (
                <span class="skeleton" />
              );
            }}
          />
        </section>
      )}
    </>
  );
}

function PersonCard({
  person: { id, name, cover, photographs },
  selection,
  children,
}: {
  readonly person: ListedPerson;
  readonly selection: Selection | undefined;
  /** Replaces the name. */
  readonly children?: ComponentChildren;
}) {
  const t = useStrings();
  const who = name ?? t.personNumber(id);
  return (
    <div class={`person ${selection?.ids.has(id) ? "selected" : ""}`}>
      <a class="whole" href={personLink(id)} aria-label={children ? `${who}, ${t.photographsOf(photographs)}` : undefined}>
        {cover === null ? <span class="picture faceless" /> : <Picture path={thumbnailOf(cover, 320)} alt="" />}
        {!children && <b>{who}</b>}
        {!children && <small class="soft">{t.photographsOf(photographs)}</small>}
      </a>
      {selection && (
        <button
          type="button"
          class="corner mark"
          aria-pressed={selection.ids.has(id)}
          aria-label={t.selectFace(who)}
          onClick={(event) => selection.toggle(id, event.shiftKey)}
        >
          <Icon name="check" size={16} />
        </button>
      )}
      {children && (
        <div class="naming">
          {children}
          <small class="soft">{t.photographsOf(photographs)}</small>
        </div>
      )}
    </div>
  );
}
