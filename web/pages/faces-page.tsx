/** Faces without a person, grouped by the most likely person, most certain first. A click assigns a group, a name the selection. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useMay } from "../access.ts";
import { api, type LikelyGroup, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { FaceCard } from "../parts/face-card.tsx";
import { NameInput } from "../parts/name-input.tsx";
import { Failure, GridSkeleton, Welcome } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { SelectionBar } from "../parts/selection-bar.tsx";
import { personLink } from "../routes.ts";
import { setSequence } from "../sequence.ts";
import { type Selection, useSelection } from "../state/selection.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { likelihoodText } from "../texts.ts";

/** Faces shown per collapsed group, and groups shown initially. */
const SHOWN = 24;
const GROUPS = 12;

export function FacesPage() {
  const t = useStrings();
  const mayWrite = useMay("write");
  const { change } = useFrame();
  const { value, error, retry, set } = useLoaded("unassigned", () => api.unassigned({}));
  const { value: statistics } = useLoaded("statistics", () => api.statistics({}));
  const [shownGroups, setShownGroups] = useState(GROUPS);
  useTitle(t.faces);
  const groups = value?.groups ?? [];
  const faces = useMemo(() => groups.flatMap((group) => group.faces), [groups]);
  const selection = useSelection(useMemo(() => faces.map(({ id }) => id), [faces]));
  useEffect(() => setSequence(faces.map(({ id, photograph }) => ({ photograph, face: id }))), [faces]);

  /** Hides the faces at once, before the service answers. */
  const take = (ids: ReadonlySet<number>) => {
    if (!value) return;
    const left = groups.map((group) => ({ ...group, faces: group.faces.filter(({ id }) => !ids.has(id)) }));
    set({ total: value.total - ids.size, groups: left.filter((group) => group.faces.length > 0) });
    selection.clear();
  };
  const assign = (ids: readonly number[], person: number, name: string | null) => {
    take(new Set(ids));
    void change({ kind: "assign", faces: [...ids], person }, t.saidAre(ids.length, name));
  };
  const create = (name: string) => {
    const ids = [...selection.ids];
    take(selection.ids);
    void change({ kind: "create", faces: ids, name }, t.saidAre(ids.length, name));
  };
  const ignore = (as: "stranger" | "no face") => {
    const ids = [...selection.ids];
    take(selection.ids);
    void change({ kind: "ignore", faces: ids, as }, as === "stranger" ? t.saidIgnored(ids.length) : t.saidNoFace);
  };
  const reject = ({ person, faces: some }: LikelyGroup) => {
    if (!person) return;
    const ids = some.map(({ id }) => id);
    take(new Set(ids));
    void change({ kind: "reject", faces: ids, person: person.id }, t.saidNot(person.name));
  };

  return (
    <>
      <header class="page-head">
        <h1>{t.facesTitle}</h1>
        {value && value.total > 0 && (
          <p class="soft">
            {t.facesNote(value.total)} {mayWrite && <span class="keys">{t.facesKeys}</span>}
          </p>
        )}
      </header>
      {error !== undefined && <Failure error={error} onRetry={retry} />}
      {!value && error === undefined && <GridSkeleton cards={18} />}
      {value?.total === 0 && statistics?.faces === 0 && <Welcome text={t.noPhotographs} />}
      {value?.total === 0 && statistics && statistics.faces > 0 && <p class="empty-note">{t.noFacesLeft}</p>}
      <SelectionBar count={selection.ids.size} onClear={selection.clear}>
        <NameInput
          label={t.whoAreThese}
          placeholder={t.whoAreThese}
          onPerson={(person) => assign([...selection.ids], person.id, person.name)}
          onName={create}
        />
        <button type="button" onClick={() => ignore("stranger")}>
          {t.ignore}
        </button>
        <button type="button" onClick={() => ignore("no face")}>
          {t.notAFace}
        </button>
      </SelectionBar>
      <div class="groups">
        {groups.slice(0, shownGroups).map((group) => (
          <Group
            key={group.person?.id ?? "nobody"}
            group={group}
            selection={selection}
            mayWrite={mayWrite}
            onYes={(person) =>
              assign(
                group.faces.map(({ id }) => id),
                person.id,
                person.name,
              )
            }
            onNo={() => reject(group)}
          />
        ))}
      </div>
      {groups.length > shownGroups && (
        <button type="button" class="more" onClick={() => setShownGroups(shownGroups + GROUPS)}>
          {t.showMore}
        </button>
      )}
    </>
  );
}

function Group({
  group: { person, faces },
  selection,
  mayWrite,
  onYes,
  onNo,
}: {
  readonly group: LikelyGroup;
  readonly selection: Selection;
  readonly mayWrite: boolean;
  readonly onYes: (person: NonNullable<LikelyGroup["person"]>) => void;
  readonly onNo: () => void;
}) {
  const t = useStrings();
  const [shown, setShown] = useState(SHOWN);
  const name = person?.name ?? null;
  const title = person ? t.mayBeWho(name) : t.likeNobody;
  const leastCertain = faces.at(-1)?.strangersAsClose; // the button assigns all of them
  return (
    <section class={`group ${faces.length > 4 || !person ? "wide" : ""}`} aria-label={title}>
      <header>
        {person?.cover && (
          <a class="avatar" href={personLink(person.id)} aria-label={t.showPerson(name)}>
            <Picture path={thumbnailOf(person.cover, 96)} alt="" />
          </a>
        )}
        <div class="grow">
          <h2>{title}</h2>
          <small class="soft">
            {t.facesOf(faces.length)}
            {typeof leastCertain === "number" && ` · ${likelihoodText(leastCertain, t)}`}
          </small>
        </div>
        {mayWrite && person && (
          <div class="row">
            <button type="button" class="main" onClick={() => onYes(person)}>
              {t.allAre(faces.length)}
            </button>
            <button type="button" onClick={onNo}>
              {t.isNot(name)}
            </button>
          </div>
        )}
      </header>
      <ul class="face-grid">
        {faces.slice(0, shown).map(({ id, photograph, strangersAsClose }) => (
          <li key={id}>
            <FaceCard
              face={id}
              photograph={photograph}
              label={t.faceNumber(id)}
              caption={strangersAsClose === null ? undefined : likelihoodText(strangersAsClose, t)}
              isSelected={selection.ids.has(id)}
              isSelecting={mayWrite}
              onToggle={mayWrite ? (isRange) => selection.toggle(id, isRange) : undefined}
            />
          </li>
        ))}
      </ul>
      {faces.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + 10 * SHOWN)}>
          {t.showMoreOf(faces.length - shown)}
        </button>
      )}
    </section>
  );
}
