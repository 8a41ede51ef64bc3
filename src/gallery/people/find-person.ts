/** Resolves a number or name to a person. */
import { FaceNetError } from "../../errors.ts";
import type { Person } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/**
 * Finds a person by number or name. `id:12` and `name:12` disambiguate if one person has the number and another the name; `id:12`
 * is never read as a name, so it can be used in URLs. If no name matches exactly, case is ignored.
 *
 * @throws FaceNetError PERSON_NOT_FOUND, PERSON_AMBIGUOUS
 */
export async function findPerson(store: GalleryStore, given: string): Promise<Person> {
  if (/^id:\d{1,15}$/.test(given)) {
    const person = await byNumber(store, given);
    if (person) return person;
    throw new FaceNetError("PERSON_NOT_FOUND", { person: given });
  }
  const exact = [await store.personByName(given), await byNumber(store, given)];
  const found = distinct(given.startsWith("name:") ? [...exact, await store.personByName(given.slice(5))] : exact);
  const meant = found.length > 0 ? found : await byFoldedName(store, given);
  const [person, other] = meant;
  if (!person) throw new FaceNetError("PERSON_NOT_FOUND", { person: given });
  if (other) {
    const choices = meant.map(({ id, name }) => `id:${id}${name === null ? "" : ` (${name})`}`).join(" or ");
    throw new FaceNetError("PERSON_AMBIGUOUS", { person: given, choices });
  }
  return person;
}

async function byNumber(store: GalleryStore, given: string): Promise<Person | undefined> {
  const digits = /^(?:id:)?(\d{1,15})$/.exec(given)?.[1];
  return digits === undefined ? undefined : store.person(Number(digits));
}

async function byFoldedName(store: GalleryStore, given: string): Promise<Person[]> {
  const wanted = fold(given);
  return (await store.people()).filter(({ name }) => name !== null && fold(name) === wanted);
}

/** Normalises a name for comparison that ignores case and Unicode variants. */
const fold = (name: string): string => name.normalize("NFKC").toLocaleLowerCase("en").trim().replace(/\s+/gu, " ");

function distinct(people: readonly (Person | undefined)[]): Person[] {
  const byId = new Map(people.flatMap((person) => (person ? [[person.id, person]] : [])));
  return [...byId.values()];
}
