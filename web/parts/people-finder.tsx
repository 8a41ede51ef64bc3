/** Searches photographs by several people: all, any, or only these; without others. */
import { useEffect, useState } from "preact/hooks";
import { api, type Found } from "../api.ts";
import { type Chosen, type PeopleQuery, peopleQuery } from "../state/find.ts";
import { useAnswer } from "../state/use-loaded.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";
import { FoundPhotographs } from "./found-photographs.tsx";
import { Icon } from "./icon.tsx";
import { NameInput } from "./name-input.tsx";
import { GridSkeleton } from "./notice.tsx";

const choices = ["all", "any", "only"] as const;

export function PeopleFinder() {
  const t = useStrings();
  const query = peopleQuery.use();
  const change = (changes: Partial<PeopleQuery>) => peopleQuery.set({ ...query, ...changes });
  const { person, match } = query;
  const [{ value, error, isWaiting }, ask] = useAnswer<Found>();
  const [unknown, setUnknown] = useState<string>();
  useEffect(() => ask(person.length === 0 ? undefined : () => api.findPeople(query)), [query, ask]);

  const chooser = (label: string, field: "person" | "without") => (
    <div class="row">
      {query[field].map((one) => (
        <button
          key={one.id}
          type="button"
          class="chip"
          aria-label={t.leaveOut(one.name ?? t.personNumber(one.id))}
          onClick={() => change({ [field]: query[field].filter(({ id }) => id !== one.id) })}
        >
          {one.name ?? t.personNumber(one.id)} <Icon name="close" size={14} />
        </button>
      ))}
      <NameInput
        label={label}
        placeholder={label}
        onPerson={(one) => {
          setUnknown(undefined);
          change(chosen(query, field, one));
        }}
        onName={setUnknown}
      />
    </div>
  );
  return (
    <section aria-label={t.findPeople}>
      <h2>{t.findPeople}</h2>
      {chooser(t.withPeople, "person")}
      {person.length > 0 && chooser(t.withoutPeople, "without")}
      {person.length > 0 && (
        <label>
          {t.matchPeople}{" "}
          <select
            value={match}
            onChange={(event) => change({ match: choices.find((one) => one === event.currentTarget.value) ?? "all" })}
          >
            {choices.map((one) => (
              <option key={one} value={one}>
                {t.matches[one]}
              </option>
            ))}
          </select>
        </label>
      )}
      {unknown !== undefined && <p role="status">{t.nobodyOf(unknown)}</p>}
      <div aria-live="polite">
        {error !== undefined && <p class="error">{errorText(error, t)}</p>}
        {isWaiting && <GridSkeleton cards={6} />}
        {value && person.length > 0 && <FoundPhotographs photographs={value.photographs} />}
      </div>
    </section>
  );
}

/** A person is either required or excluded, not both. */
function chosen(query: PeopleQuery, field: "person" | "without", { id, name }: Chosen): Partial<PeopleQuery> {
  const others = (list: readonly Chosen[]) => list.filter((one) => one.id !== id);
  const other = field === "person" ? "without" : "person";
  return { [field]: [...others(query[field]), { id, name }], [other]: others(query[other]) };
}
