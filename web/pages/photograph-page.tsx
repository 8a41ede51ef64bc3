/**
 * One photograph with its faces as boxes: who each is, how certain that is, and the possible corrections. A missed face is drawn by
 * hand. Keys: arrows for the previous and next photograph, Tab for the faces, D to draw, Esc to go back.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Box } from "../../src/schemas/face.ts";
import { useMay } from "../access.ts";
import { api, type PhotographFace, pictureOf, type ShownPhotograph, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { DrawLayer, DrawPanel, firstBox } from "../parts/draw-face.tsx";
import { FaceButton } from "../parts/face-boxes.tsx";
import { FacePanel } from "../parts/face-panel.tsx";
import { Icon } from "../parts/icon.tsx";
import { Failure } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { personLink, photographLink, replaceRoute } from "../routes.ts";
import { beside, hasSequence, setSequence } from "../sequence.ts";
import { isPlain, useKeys } from "../state/keys.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { type Strings, useStrings } from "../strings/strings.ts";
import { dateText, fileName, likelihoodText } from "../texts.ts";

/** Photographs loaded for "next" when the page was opened directly. */
const SEQUENCE = 1000;

export function PhotographPage({ id, face: wanted }: { readonly id: number; readonly face: number | undefined }) {
  const t = useStrings();
  const mayWrite = useMay("write");
  const { fail } = useFrame();
  const { value, error, retry } = useLoaded(`photograph ${id}`, () => api.photograph({ photograph: id }));
  const [isShown, setShown] = useState(true);
  const [, setSteps] = useState(0);
  const [drawn, setDrawn] = useState<Box>();
  const photograph = value?.id === id ? value : undefined;
  const faces = photograph ? leftToRight(photograph.faces) : [];
  const face = faces.find((one) => one.id === wanted) ?? (faces.length === 1 ? faces[0] : undefined);
  const { previous, next } = beside(id);
  useEffect(() => setDrawn(undefined), [id]);
  useTitle(photograph && fileName(photograph, t));

  useEffect(() => {
    if (hasSequence(id)) return;
    api.datedPhotographs({ limit: SEQUENCE }).then(({ photographs }) => {
      setSequence(photographs.map((one) => ({ photograph: one.id })));
      setSteps((before) => before + 1);
    }, fail);
  }, [id, fail]);
  // preloads the next picture
  useEffect(() => {
    if (photograph && next) new Image().src = pictureOf(next.photograph);
  }, [photograph, next]);

  const back = () => {
    if (history.length > 1) history.back();
    else location.hash = "#/photographs";
  };
  const choose = (one: number | undefined) => replaceRoute(photographLink(id, one));
  const go = (step: { readonly photograph: number; readonly face?: number | undefined } | undefined) =>
    step && replaceRoute(photographLink(step.photograph, step.face));
  useKeys((event) => {
    if (!isPlain(event)) return;
    if (event.key === "ArrowRight") go(next);
    else if (event.key === "ArrowLeft") go(previous);
    else if (event.key === "Escape") drawn ? setDrawn(undefined) : back();
    else if (event.key === "d" && photograph && mayWrite) setDrawn(firstBox(photograph));
    else if (event.key === "b") setShown((before) => !before);
  });

  return (
    <article class="viewer">
      <header class="viewer-bar">
        <button type="button" class="icon-button" aria-label={t.backToList} title="Esc" onClick={back}>
          <Icon name="back" />
        </button>
        <div class="titles">
          <h1>{photograph ? fileName(photograph, t) : t.photograph}</h1>
          {photograph?.takenAt && <small>{dateText(photograph.takenAt, t)}</small>}
        </div>
        {mayWrite && photograph && (
          <button
            type="button"
            class="icon-button"
            aria-pressed={drawn !== undefined}
            aria-label={t.drawFace}
            title={`${t.drawFace} (D)`}
            onClick={() => setDrawn(drawn ? undefined : firstBox(photograph))}
          >
            <Icon name="draw" />
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-pressed={isShown}
          aria-label={t.showFaces}
          title={`${t.showFaces} (B)`}
          onClick={() => setShown(!isShown)}
        >
          <Icon name="faces" />
        </button>
      </header>
      <div class="stage">
        {error !== undefined && <Failure error={error} onRetry={retry} />}
        {photograph && (
          <Whole key={id} photograph={photograph} faces={isShown ? faces : []} chosen={face?.id} onChoose={choose}>
            {drawn && <DrawLayer photograph={photograph} box={drawn} onBox={setDrawn} />}
          </Whole>
        )}
        {error === undefined && (
          <>
            <button
              type="button"
              class="step previous"
              disabled={!previous}
              aria-label={t.previous}
              title="←"
              onClick={() => go(previous)}
            >
              <Icon name="back" size={28} />
            </button>
            <button type="button" class="step next" disabled={!next} aria-label={t.next} title="→" onClick={() => go(next)}>
              <Icon name="next" size={28} />
            </button>
          </>
        )}
      </div>
      <aside class="panel" aria-label={t.faces}>
        {drawn && (
          <DrawPanel
            photograph={id}
            box={drawn}
            onCancel={() => setDrawn(undefined)}
            onDrawn={(added) => {
              setDrawn(undefined);
              choose(added);
            }}
          />
        )}
        {photograph && faces.length === 0 && <p class="soft">{t.noFaceIn}</p>}
        <ul class="face-list" aria-label={t.faces}>
          {faces.map((one) => (
            <li key={one.id}>
              <button type="button" class="face-row" aria-pressed={one.id === face?.id} onClick={() => choose(one.id)}>
                <Picture path={thumbnailOf(one.id, 96)} alt="" />
                <span>
                  <b>{nameOf(one, t)}</b>
                  <small class="soft">{howSure(one, t)}</small>
                </span>
              </button>
              {one.person !== null && (
                <a
                  class="icon-button"
                  href={personLink(one.person)}
                  aria-label={t.showPerson(one.name)}
                  title={t.showPerson(one.name)}
                >
                  <Icon name="people" />
                </a>
              )}
            </li>
          ))}
        </ul>
        {face && !drawn && mayWrite && <FacePanel key={face.id} face={face} />}
      </aside>
    </article>
  );
}

function Whole({
  photograph,
  faces,
  chosen,
  onChoose,
  children,
}: {
  readonly photograph: ShownPhotograph;
  readonly faces: readonly PhotographFace[];
  readonly chosen: number | undefined;
  readonly onChoose: (face: number | undefined) => void;
  readonly children?: ComponentChildren;
}) {
  const t = useStrings();
  const { width, height } = photograph;
  return (
    <div class="whole-picture" style={{ aspectRatio: `${width} / ${height}`, "--ratio": `${width / height}` }}>
      <Picture path={pictureOf(photograph.id)} alt={fileName(photograph, t)} />
      {faces.map((face) => (
        <FaceButton
          key={face.id}
          face={face}
          whole={photograph}
          ignoredAs={face.ignored ? nameOf(face, t) : undefined}
          isChosen={face.id === chosen}
          onChoose={() => onChoose(face.id)}
        />
      ))}
      {children}
    </div>
  );
}

function nameOf(
  { person, name, ignored, notAFace }: Pick<PhotographFace, "person" | "name" | "ignored" | "notAFace">,
  t: Strings,
): string {
  if (ignored) return notAFace ? t.notAFace : t.ignoredFace;
  return name ?? (person === null ? t.whoIsThis : t.unnamedPerson);
}

/** "Confirmed by hand", or how certain the automatic assignment is. */
function howSure({ person, assignedBy, likely, ignored }: PhotographFace, t: Strings): string {
  if (ignored || assignedBy === "user") return t.saidByHand;
  const own = person === null ? likely[0] : likely.find((one) => one.person === person);
  if (!own) return person === null ? t.likeNobody : "";
  const words = likelihoodText(own.strangersAsClose, t);
  return person === null ? t.likelyWho(words, own.name) : words;
}

function leftToRight(faces: readonly PhotographFace[]): PhotographFace[] {
  return [...faces].sort((a, b) => a.box.x - b.box.x);
}
