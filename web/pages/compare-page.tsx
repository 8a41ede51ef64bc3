/** Compare page: two photographs, their faces, and the distance of the closest pair. */
import { useEffect, useState } from "preact/hooks";
import { api } from "../api.ts";
import { DistanceScale } from "../parts/distance-scale.tsx";
import { FaceBoxes } from "../parts/face-boxes.tsx";
import { PhotographInput } from "../parts/photograph-input.tsx";
import { useImageSize } from "../state/use-image-size.ts";
import { useAnswer } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";

type Compared = Awaited<ReturnType<typeof api.compare>>;

export function ComparePage() {
  const t = useStrings();
  useTitle(t.compare);
  const [left, setLeft] = useState<File>();
  const [right, setRight] = useState<File>();
  const [{ value, error, isWaiting }, ask] = useAnswer<Compared>();
  useEffect(() => ask(left && right && (() => api.compare(left, right))), [left, right, ask]);
  const closest = value && closestPair(value);
  const side = (file: File | undefined, name: string) =>
    file && value && <Faces file={file} faces={value.faces} image={name} meant={closest} />;
  return (
    <>
      <h1>{t.compare}</h1>
      <div class="two">
        <PhotographInput label={t.left} onChoose={setLeft}>
          {side(left, "left")}
        </PhotographInput>
        <PhotographInput label={t.right} onChoose={setRight}>
          {side(right, "right")}
        </PhotographInput>
      </div>
      <section aria-live="polite">
        {isWaiting && <p>{t.working}</p>}
        {error !== undefined && <p class="error">{errorText(error, t)}</p>}
        {value?.failures.map(({ message }, i) => (
          <p key={i} class="error">
            {message}
          </p>
        ))}
        {value && !closest && value.failures.length === 0 && <p>{t.noFace}</p>}
        {value && closest && (
          <>
            <h2 class={closest.distance <= value.threshold ? "yes" : ""}>
              {closest.distance <= value.threshold ? t.same : t.different}
            </h2>
            <DistanceScale distance={closest.distance} threshold={value.threshold} />
            <p class="soft">
              {t.scale(closest.distance.toFixed(3), value.threshold.toFixed(3))} {t.meaning(percent(value.falseAcceptRate))}
            </p>
          </>
        )}
      </section>
    </>
  );
}

type Pair = { readonly a: number; readonly b: number; readonly distance: number };

/** The face of each photograph that is nearest to one of the other. */
function closestPair({ faces, distances }: Compared): Pair | undefined {
  let best: Pair | undefined;
  for (const [a, face] of faces.entries())
    for (const [b, other] of faces.entries()) {
      const distance = distances[a]?.[b];
      if (face.image !== "left" || other.image !== "right" || distance === undefined) continue;
      if (!best || distance < best.distance) best = { a, b, distance };
    }
  return best;
}

function Faces({
  file,
  faces,
  image,
  meant,
}: {
  readonly file: File;
  readonly faces: Compared["faces"];
  readonly image: string;
  readonly meant: Pair | undefined;
}) {
  const size = useImageSize(file);
  if (!size) return null;
  const boxes = faces
    .map((face, i) => ({ ...face, isMeant: i === meant?.a || i === meant?.b }))
    .filter((face) => face.image === image);
  return <FaceBoxes {...size} faces={boxes} />;
}

const percent = (rate: number): string => `${(rate * 100).toPrecision(2)} %`;
