/** Who is this, where else are they, and who looks like them. */
import { useState } from "preact/hooks";
import { type Alike, api, type Found, thumbnailOf } from "../api.ts";
import { PhotographInput } from "../parts/photograph-input.tsx";
import { Picture } from "../parts/picture.tsx";
import { useAnswer } from "../parts/use-answer.ts";
import { useStrings } from "../strings.ts";

type Both = { readonly found: Found; readonly alike: readonly Alike[] };

/** Photographs shown at once. */
const SHOWN = 200;

export function FindPage() {
  const t = useStrings();
  const [{ value, error, isWaiting }, ask] = useAnswer<Both>();
  const [, setFile] = useState<File>();
  const look = (file: File) => {
    setFile(file);
    ask(async () => {
      const [found, { people }] = await Promise.all([api.find(file), api.lookalike(file)]);
      return { found, alike: people };
    });
  };
  const nameOf = (person: { id: number; name: string | null }) => person.name ?? t.personNumber(person.id);
  return (
    <>
      <h1>{t.whoIsThis}</h1>
      <PhotographInput label={t.choosePhotograph} onChoose={look} />
      <section aria-live="polite">
        {isWaiting && <p>{t.working}</p>}
        {error && <p class="error">{error}</p>}
        {value && (
          <>
            <h2>
              {value.found.person ? (
                <a href={`#/people/${value.found.person.id}`}>{t.thisIs(nameOf(value.found.person))}</a>
              ) : (
                t.unknown
              )}
            </h2>
            <h3>{t.whereElse}</h3>
            {value.found.photographs.length === 0 && <p>{t.nowhere}</p>}
            <ul class="cards">
              {value.found.photographs.slice(0, SHOWN).map(({ face, distance, paths, takenAt }) => (
                <li key={face} class="card">
                  <Picture path={thumbnailOf(face)} alt="" width={128} height={128} />
                  <b title={paths.join("\n")}>{fileName(paths[0])}</b>
                  <small class="soft">
                    {takenAt?.slice(0, 10)} {distance?.toFixed(3)}
                  </small>
                </li>
              ))}
            </ul>
            <h3>{t.lookAlikes}</h3>
            <ul class="cards">
              {value.alike.map(({ face, person, name, distance }) => (
                <li key={face} class="card">
                  <Picture path={thumbnailOf(face)} alt="" width={128} height={128} />
                  <b>{person === null ? t.unknown : <a href={`#/people/${person}`}>{name ?? t.personNumber(person)}</a>}</b>
                  <small class="soft">
                    {t.distance} {distance.toFixed(3)}
                  </small>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </>
  );
}

const fileName = (path = ""): string => path.split(/[\\/]/).at(-1) ?? "";
