/** Everybody in the gallery, as a wall of faces. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { api, type ListedPerson, messageOf, type Statistics, thumbnailOf } from "../api.ts";
import type { Frame } from "../frame.ts";
import { Picture } from "../parts/picture.tsx";
import { VirtualGrid } from "../parts/virtual-grid.tsx";
import { useStrings } from "../strings.ts";

const PAGE = 100;
/** After the last letter of what is sought. */
const PAUSE_MS = 250;

export function PeoplePage({ frame }: { readonly frame: Frame }) {
  const t = useStrings();
  const [total, setTotal] = useState<number>();
  const [statistics, setStatistics] = useState<Statistics>();
  const [known, setKnown] = useState<ReadonlyMap<number, ListedPerson>>(new Map());
  const [filter, setFilter] = useState("");
  const [search, setSearch] = useState("");
  const asked = useRef({ search, pages: new Set<number>() });
  useEffect(() => {
    const timer = setTimeout(() => setSearch(filter.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [filter]);

  const load = useCallback(
    async (page: number) => {
      const now = asked.current;
      if (now.pages.has(page)) return;
      now.pages.add(page);
      try {
        const { people, total: all } = await api.people(page * PAGE, PAGE, now.search);
        if (now !== asked.current) return; // somebody else is sought by now
        setTotal(all);
        setKnown((before) => new Map([...before, ...people.map((person, i) => [page * PAGE + i, person] as const)]));
      } catch (error) {
        now.pages.delete(page);
        frame.tell(messageOf(error));
      }
    },
    [frame.tell],
  );
  // again after an undo, which may have changed everybody
  useEffect(() => {
    asked.current = { search, pages: new Set() };
    setKnown(new Map());
    void load(0);
    void api.statistics().then(setStatistics, () => undefined);
  }, [frame.version, load, search]);
  const onView = useCallback(
    (first: number, last: number) => {
      for (let page = Math.floor(first / PAGE); page * PAGE < last; page++) void load(page);
    },
    [load],
  );

  return (
    <>
      <h1>{t.people}</h1>
      {statistics && <p class="soft">{t.counts(statistics.photographs, statistics.faces, statistics.people)}</p>}
      {(statistics?.people ?? 0) > 0 && (
        <p>
          <input
            type="search"
            aria-label={t.filter}
            placeholder={t.filter}
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </p>
      )}
      {total === 0 && search !== "" && <p>{t.nobodyOf(search)}</p>}
      {total === 0 && search === "" && (
        <p>
          <a href="#/add">{t.nobodyYet}</a>
        </p>
      )}
      <VirtualGrid
        count={total ?? 0}
        cardWidth={150}
        cardHeight={208}
        label={t.people}
        onView={onView}
        card={(place) => {
          const person = known.get(place);
          return person ? <PersonCard person={person} /> : <div class="card empty" />;
        }}
      />
    </>
  );
}

function PersonCard({ person: { id, name, cover, photographs } }: { readonly person: ListedPerson }) {
  const t = useStrings();
  return (
    <a class="card" href={`#/people/${id}`}>
      {cover === null ? <span class="faceless" /> : <Picture path={thumbnailOf(cover)} alt="" width={128} height={128} />}
      <b class={name === null ? "soft" : ""}>{name ?? t.personNumber(id)}</b>
      <small class="soft">{t.photographsOf(photographs)}</small>
    </a>
  );
}
