/** Corrections of one face: who it is, who it is not, or that it is to be ignored. */
import { Fragment } from "preact";
import type { Correction } from "../../src/schemas/gallery.ts";
import { type PhotographFace, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { useStrings } from "../strings/strings.ts";
import { likelihoodText } from "../texts.ts";
import { NameInput } from "./name-input.tsx";
import { Picture } from "./picture.tsx";

export function FacePanel({ face }: { readonly face: PhotographFace }) {
  const t = useStrings();
  const { change } = useFrame();
  const { id, person, name, likely } = face;
  const say = (correction: Correction, said: string) => void change(correction, said);
  const assign = (other: number, otherName: string | null) =>
    say({ kind: "assign", faces: [id], person: other }, t.saidIs(otherName));
  const others = likely.filter((one) => one.person !== person);
  const own = likely.find((one) => one.person === person);
  return (
    <section class="face-panel" aria-label={t.aboutFace}>
      <NameInput
        label={t.whoIsThis}
        placeholder={person === null ? t.whoIsThis : t.someoneElse}
        except={person ?? undefined}
        onPerson={(one) => assign(one.id, one.name)}
        onName={(given) => say({ kind: "create", name: given, faces: [id] }, t.saidIs(given))}
      />
      {others.length > 0 && (
        <>
          <p class="soft">{person === null ? t.mayBe : t.mayAlsoBe}</p>
          <ul class="chips">
            {others.slice(0, 3).map((one) => (
              <li key={one.person}>
                <button type="button" class="chip" onClick={() => assign(one.person, one.name)}>
                  <Picture path={thumbnailOf(one.face, 96)} alt="" />
                  <span>{one.name ?? t.unnamedPerson}</span>
                  <small class="soft">{likelihoodText(one.strangersAsClose, t)}</small>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <div class="row">
        {person !== null && face.assignedBy !== "user" && (
          <button type="button" onClick={() => assign(person, name)}>
            {t.yesIs(name)}
          </button>
        )}
        {person !== null && (
          <button type="button" onClick={() => say({ kind: "reject", person, faces: [id] }, t.saidNot(name))}>
            {t.isNot(name)}
          </button>
        )}
        {face.ignored ? (
          <button type="button" onClick={() => say({ kind: "ignore", faces: [id], as: null }, t.saidUnignored)}>
            {t.unignore}
          </button>
        ) : (
          <>
            <button type="button" onClick={() => say({ kind: "ignore", faces: [id], as: "stranger" }, t.saidIgnored(1))}>
              {t.ignore}
            </button>
            <button type="button" onClick={() => say({ kind: "ignore", faces: [id], as: "no face" }, t.saidNoFace)}>
              {t.notAFace}
            </button>
          </>
        )}
      </div>
      <details class="details">
        <summary>{t.details}</summary>
        <dl>
          {own && (
            <>
              <dt>{t.distance}</dt>
              <dd>{t.distanceMeans(own.distance.toFixed(3), own.strangersAsClose)}</dd>
            </>
          )}
          {others.map((one) => (
            <Fragment key={one.person}>
              <dt>{one.name ?? t.unnamedPerson}</dt>
              <dd>{t.distanceMeans(one.distance.toFixed(3), one.strangersAsClose)}</dd>
            </Fragment>
          ))}
          <dt>{t.size}</dt>
          <dd>{Math.round(face.quality.sizePx)} px</dd>
        </dl>
      </details>
    </section>
  );
}
