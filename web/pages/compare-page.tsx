/** Compare page: two photographs, their faces, and the distance of the closest pair. */
import { useEffect, useState } from "preact/hooks";
import { api } from "../api.ts";
import { FaceBoxes } from "../parts/face-boxes.tsx";
import { PhotographInput } from "../parts/photograph-input.tsx";
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
  const facesOf = (side: "left" | "right") =>
    (value?.faces ?? [])
      .map((face, i) => ({ ...face, isMeant: i === closest?.a || i === closest?.b }))
      .filter(({ image }) => image === side);
  return (
    <>
      <h1>{t.compare}</h1>
      <div class="two">
        <PhotographInput label={t.left} onChoose={setLeft}>
          {(size) => <FaceBoxes {...size} faces={facesOf("left")} />}
        </PhotographInput>
        <PhotographInput label={t.right} onChoose={setRight}>
          {(size) => <FaceBoxes {...size} faces={facesOf("right")} />}
        </PhotographInput>
      </div>
      <section aria-live="polite">
        {isWaiting && <p>{t.working}</p>}
        {error !== undefined && <p class="error">{errorText(error, t)}</p>}
        {value?.failures.map(({ image, message }, i) => (
          <p key={i} class="error">
            {image}: {message}
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

const percent = (rate: number): string => `${(rate * 100).toPrecision(2)} %`;

const LARGEST = 4;
const WIDTH = 400;

/** A distance and the threshold on a scale from 0 to 4. */
function DistanceScale({ distance, threshold }: { readonly distance: number; readonly threshold: number }) {
  const t = useStrings();
  const at = (value: number): number => (value / LARGEST) * WIDTH;
  return (
    <svg
      class="scale"
      viewBox={`-12 -26 ${WIDTH + 24} 62`}
      role="img"
      aria-label={t.scale(distance.toFixed(3), threshold.toFixed(3))}
    >
      <rect class="near" x={0} y={-6} width={at(threshold)} height={12} rx={3} />
      <rect class="far" x={at(threshold)} y={-6} width={WIDTH - at(threshold)} height={12} rx={3} />
      <line class="threshold" x1={at(threshold)} x2={at(threshold)} y1={-12} y2={12} />
      <circle class="distance" cx={at(distance)} cy={0} r={8} />
      <text x={at(distance)} y={-14} text-anchor="middle">
        {distance.toFixed(3)}
      </text>
      {[0, 1, 2, 3, 4].map((value) => (
        <text key={value} class="tick" x={at(value)} y={30} text-anchor="middle">
          {value}
        </text>
      ))}
    </svg>
  );
}
