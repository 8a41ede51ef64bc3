/**
 * Name field: a combobox that suggests people while typing. Enter takes the highlighted suggestion, else the person with exactly this
 * name, else creates a new name. If the name would merge two people, the first Enter highlights "Merge" and the second
 * confirms it.
 */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { api, type ListedPerson, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { useStrings } from "../strings/strings.ts";
import { Picture } from "./picture.tsx";

/** Maximum number of suggestions. */
const SHOWN = 6;
/** Delay after the last keystroke before the service is asked. */
const PAUSE_MS = 120;

export type NameInputProps = {
  readonly label: string;
  readonly placeholder?: string;
  readonly initial?: string;
  /** Person left out of the suggestions: the one being named. */
  readonly except?: number | undefined;
  /** Choosing an existing person merges the two, so Enter asks first. */
  readonly isMerge?: boolean;
  readonly autoFocus?: boolean;
  readonly onPerson: (person: ListedPerson) => unknown;
  readonly onName: (name: string) => unknown;
  readonly onCancel?: () => void;
};

export function NameInput({
  label,
  placeholder,
  initial = "",
  except,
  isMerge = false,
  autoFocus = false,
  onPerson,
  onName,
  onCancel,
}: NameInputProps) {
  const t = useStrings();
  const { fail } = useFrame();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(initial);
  const [people, setPeople] = useState<readonly ListedPerson[]>([]);
  const [chosen, setChosen] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const typed = clean(text);

  useEffect(() => setText(initial), [initial]);
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  useEffect(() => {
    if (!isOpen) return;
    let isWanted = true;
    const ask = () =>
      offered(typed, except).then(
        (found) => isWanted && setPeople(found),
        () => undefined, // suggestions are optional
      );
    const timer = setTimeout(ask, typed === "" ? 0 : PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [typed, isOpen, except]);

  const done = () => {
    setOpen(false);
    setChosen(-1);
    setPeople([]);
    setText("");
  };
  const take = (person: ListedPerson) => {
    done();
    onPerson(person);
  };
  const enter = async () => {
    const one = people[chosen];
    if (one) {
      take(one);
      return;
    }
    if (typed === "" || typed === initial) {
      onCancel?.();
      return;
    }
    try {
      const found = await offered(typed, except);
      const same = found.findIndex(({ name }) => name !== null && fold(name) === fold(typed));
      const person = found[same];
      if (!person) {
        done();
        onName(typed);
      } else if (isMerge) {
        setPeople(found);
        setOpen(true);
        setChosen(same);
      } else take(person);
    } catch (error) {
      fail(error);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return; // Enter confirms an input method's candidate
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((before) =>
        people.length === 0 ? -1 : (before + step + people.length + (before < 0 && step < 0 ? 1 : 0)) % people.length,
      );
    } else if (event.key === "Enter") {
      event.preventDefault();
      void enter();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      setText(initial);
      setOpen(false);
      setChosen(-1);
      onCancel?.();
    }
  };
  // Suggestions to merge with open only on demand, so that the list does not cover the faces below while names are typed.
  const isAsked = !isMerge || chosen >= 0 || (typed !== "" && typed !== initial);
  const shown = isOpen && isAsked && people.length > 0;
  return (
    <div class="name-input">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && chosen >= 0 ? `${id}-${chosen}` : undefined}
        placeholder={placeholder ?? t.whoIsThis}
        value={text}
        maxLength={200}
        autocomplete="off"
        enterKeyHint="done"
        spellcheck={false}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setChosen(-1);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label={label} class="options" hidden={!shown}>
        {people.map((person, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys, as in the combobox pattern
          <div
            key={person.id}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            onPointerDown={(event) => event.preventDefault()} // keeps the focus in the field
            onClick={() => take(person)}
          >
            {person.cover !== null && <Picture path={thumbnailOf(person.cover, 96)} alt="" />}
            <span class="who">{isMerge ? t.mergeWith(person.name ?? "") : person.name}</span>
            <small class="soft">{t.photographsOf(person.photographs)}</small>
          </div>
        ))}
      </div>
    </div>
  );
}

async function offered(typed: string, except: number | undefined): Promise<ListedPerson[]> {
  const { people } = await api.people({ limit: SHOWN + 1, search: typed, named: true });
  const exact = ({ name }: ListedPerson) => Number(name === null || fold(name) !== fold(typed));
  return people
    .filter((person) => person.id !== except)
    .sort((a, b) => exact(a) - exact(b))
    .slice(0, SHOWN);
}

const clean = (name: string): string => name.normalize("NFC").trim().replace(/\s+/gu, " ");
const fold = (name: string): string => name.normalize("NFKC").toLowerCase().trim();
