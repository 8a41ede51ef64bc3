/** Grid of found photographs with a "show more" button. */
import { useEffect, useState } from "preact/hooks";
import { type Found, pictureOf } from "../api.ts";
import { photographLink } from "../routes.ts";
import { setSequence } from "../sequence.ts";
import { useStrings } from "../strings/strings.ts";
import { dayText, fileName } from "../texts.ts";
import { Picture } from "./picture.tsx";

/** Photographs shown initially. */
const SHOWN = 60;

export function FoundPhotographs({ photographs }: Pick<Found, "photographs">) {
  const t = useStrings();
  const [shown, setShown] = useState(SHOWN);
  useEffect(() => {
    setShown(SHOWN);
    setSequence(photographs.map(({ photograph, face }) => ({ photograph, face })));
  }, [photographs]);
  return (
    <>
      <h3>{t.onPhotographs(photographs.length)}</h3>
      <ul class="photo-grid">
        {photographs.slice(0, shown).map(({ photograph, face, paths, takenAt, distance, gone }) => (
          <li key={photograph}>
            <a
              href={photographLink(photograph, face)}
              title={distance === null ? undefined : `${t.distance} ${distance.toFixed(3)}`}
            >
              <Picture path={pictureOf(photograph, 320)} alt="" />
              <b>{fileName({ paths }, t)}</b>
              {takenAt && <small class="soft">{dayText(takenAt, t)}</small>}
              {gone && <small class="soft">{t.photographGone}</small>}
            </a>
          </li>
        ))}
      </ul>
      {photographs.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + 5 * SHOWN)}>
          {t.showMore}
        </button>
      )}
    </>
  );
}
