/** Asks who else is this person. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, type ListedPerson, thumbnailOf } from "../api.ts";
import { useStrings } from "../strings.ts";
import { Picture } from "./picture.tsx";

/** People offered; the filter finds the others. */
const SHOWN = 60;
/** After the last key, before the service is asked. */
const PAUSE_MS = 150;

export function MergeDialog({
  person,
  onChoose,
  onClose,
}: {
  readonly person: ListedPerson;
  readonly onChoose: (other: number) => void;
  readonly onClose: () => void;
}) {
  const t = useStrings();
  const dialog = useRef<HTMLDialogElement>(null);
  const [people, setPeople] = useState<readonly ListedPerson[]>([]);
  const [filter, setFilter] = useState("");
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    let isAsked = true;
    const ask = () => api.people(0, SHOWN, filter.trim()).then(({ people: found }) => isAsked && setPeople(found), onClose);
    const timer = setTimeout(ask, filter === "" ? 0 : PAUSE_MS);
    return () => {
      isAsked = false;
      clearTimeout(timer);
    };
  }, [filter, onClose]);
  const labelOf = ({ id, name }: ListedPerson) => name ?? t.personNumber(id);
  const offered = people.filter(({ id }) => id !== person.id);
  return (
    <dialog ref={dialog} aria-labelledby="merge-title" onClose={onClose}>
      <h2 id="merge-title">{t.mergeWho(labelOf(person))}</h2>
      <input
        type="text"
        aria-label={t.filter}
        placeholder={t.filter}
        value={filter}
        onInput={(event) => setFilter(event.currentTarget.value)}
      />
      <ul class="choices">
        {offered.map((other) => (
          <li key={other.id}>
            <button type="button" class="choice" onClick={() => onChoose(other.id)}>
              {other.cover !== null && <Picture path={thumbnailOf(other.cover, 96)} alt="" width={48} height={48} />}
              {labelOf(other)}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => dialog.current?.close()}>
        {t.cancel}
      </button>
    </dialog>
  );
}
