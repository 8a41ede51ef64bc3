/** Draws a box around a face that the detector missed, by pointer or arrow keys. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Box } from "../../src/schemas/face.ts";
import { api } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { useStrings } from "../strings/strings.ts";
import { type ImageSize, placeOf } from "./face-boxes.tsx";
import { NameInput } from "./name-input.tsx";

/** Smallest side of a drawn box, relative to the photograph's shorter side; anything less is a click. */
const LEAST = 0.01;
/** Side of the initial box, and the step of an arrow key, relative to the photograph's shorter side. */
const [FIRST, STEP] = [0.2, 0.01];

export function firstBox({ width, height }: ImageSize): Box {
  const side = FIRST * Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
}

/** Covers the whole photograph. */
export function DrawLayer({
  photograph,
  box,
  onBox,
}: {
  readonly photograph: ImageSize;
  readonly box: Box;
  readonly onBox: (box: Box) => void;
}) {
  const t = useStrings();
  const { width, height } = photograph;
  const layer = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const start = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined);
  useEffect(() => handle.current?.focus(), []);

  const pointOf = (event: PointerEvent) => {
    const { left, top, width: shownWidth, height: shownHeight } = (layer.current as HTMLElement).getBoundingClientRect();
    const within = (value: number, most: number) => Math.min(most, Math.max(0, value));
    return {
      x: within(((event.clientX - left) / shownWidth) * width, width),
      y: within(((event.clientY - top) / shownHeight) * height, height),
    };
  };
  const onMove = (event: PointerEvent) => {
    if (!start.current) return;
    const [from, to] = [start.current, pointOf(event)];
    const drawn = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(from.x - to.x),
      height: Math.abs(from.y - to.y),
    };
    if (Math.min(drawn.width, drawn.height) >= LEAST * Math.min(width, height)) onBox(drawn);
  };
  const onEnd = () => {
    start.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const arrows: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = arrows[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    onBox(adjusted(box, way, event.shiftKey, photograph));
  };
  return (
    <div
      ref={layer}
      class="draw-layer"
      onPointerDown={(event) => {
        event.preventDefault();
        layer.current?.setPointerCapture(event.pointerId);
        start.current = pointOf(event);
      }}
      onPointerMove={onMove}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
    >
      <button
        ref={handle}
        type="button"
        class="box drawn"
        aria-label={t.drawnBox}
        aria-describedby="draw-note"
        style={placeOf(box, photograph)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

/** Moves the box, or with Shift resizes it, within the photograph. */
function adjusted(
  { x, y, width, height }: Box,
  [across, down]: readonly [number, number],
  isSize: boolean,
  whole: ImageSize,
): Box {
  const step = STEP * Math.min(whole.width, whole.height);
  if (isSize)
    return {
      x,
      y,
      width: Math.min(whole.width - x, Math.max(step, width + across * step)),
      height: Math.min(whole.height - y, Math.max(step, height + down * step)),
    };
  return {
    x: Math.min(whole.width - width, Math.max(0, x + across * step)),
    y: Math.min(whole.height - height, Math.max(0, y + down * step)),
    width,
    height,
  };
}

/** Asks who the drawn face is. */
export function DrawPanel({
  photograph,
  box,
  onDrawn,
  onCancel,
}: {
  readonly photograph: number;
  readonly box: Box;
  readonly onDrawn: (face: number) => void;
  readonly onCancel: () => void;
}) {
  const t = useStrings();
  const { record } = useFrame();
  const [isWorking, setWorking] = useState(false);
  const add = async (name?: string) => {
    setWorking(true);
    let face: number | undefined;
    const request = async () => {
      const drawn = await api.drawFace(photograph, box, name);
      face = drawn.face;
      return drawn.done;
    };
    await record(request, name === undefined ? t.saidDrawn : t.saidIs(name));
    if (face === undefined) setWorking(false);
    else onDrawn(face);
  };
  if (isWorking) {
    return (
      <p class="face-panel" role="status">
        {t.working}
      </p>
    );
  }
  return (
    <section class="face-panel" aria-label={t.drawFace}>
      <p id="draw-note">{t.drawNote}</p>
      <NameInput
        label={t.whoIsThis}
        placeholder={t.whoIsThis}
        onPerson={({ name }) => add(name ?? undefined)}
        onName={(name) => add(name)}
      />
      <div class="row">
        <button type="button" onClick={() => void add()}>
          {t.drawNameless}
        </button>
        <button type="button" class="quiet" onClick={onCancel}>
          {t.cancel}
        </button>
      </div>
    </section>
  );
}
