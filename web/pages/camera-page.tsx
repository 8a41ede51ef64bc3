/** Camera page: identifies faces live, one frame at a time; the next frame is sent once the last is answered. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, type Identified } from "../api.ts";
import { FaceBoxes } from "../parts/face-boxes.tsx";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText } from "../texts.ts";

/** Longer side of the frames sent, pixels. */
const SENT = 960;
/** Pause between frames, so that the service keeps capacity for other requests. */
const PAUSE_MS = 150;

export function CameraPage() {
  const t = useStrings();
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream>();
  const [seen, setSeen] = useState<Identified>();
  const [error, setError] = useState<string>();
  useTitle(t.camera);

  useEffect(() => {
    const element = video.current;
    if (!stream || !element) return;
    const controller = new AbortController();
    element.srcObject = stream;
    void watch(element, controller.signal, setSeen, (reason) =>
      setError(reason === undefined ? undefined : errorText(reason, t)),
    );
    return () => {
      controller.abort();
      for (const track of stream.getTracks()) track.stop();
      setSeen(undefined);
    };
  }, [stream, t]);

  const start = async () => {
    if (!window.isSecureContext) return setError(t.noCamera + t.cameraNeedsTls); // navigator.mediaDevices is undefined here
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: true }));
      setError(undefined);
    } catch (reason) {
      setError(t.noCamera + errorText(reason, t));
    }
  };
  return (
    <>
      <h1>{t.camera}</h1>
      <p class="soft">{t.cameraNote}</p>
      <p>
        <button type="button" class="main" onClick={() => (stream ? setStream(undefined) : void start())}>
          {stream ? t.stopCamera : t.startCamera}
        </button>
      </p>
      {error && <p class="error">{error}</p>}
      {stream && (
        <div class="framed">
          <video ref={video} autoPlay playsInline muted />
          {seen && (
            <FaceBoxes
              width={seen.width}
              height={seen.height}
              faces={seen.faces.map((face) => ({ ...face, label: labelOf(face), isMeant: face.person !== null }))}
            />
          )}
        </div>
      )}
      <p role="status">{seen?.faces.map(labelOf).join(", ")}</p>
    </>
  );

  function labelOf({ person, name }: Identified["faces"][number]): string {
    return name ?? (person === null ? t.unknown : t.personNumber(person));
  }
}

async function watch(
  element: HTMLVideoElement,
  signal: AbortSignal,
  onSeen: (seen: Identified | undefined) => void,
  onError: (reason: unknown) => void,
): Promise<void> {
  const canvas = document.createElement("canvas");
  while (!signal.aborted) {
    const picture = await frameOf(element, canvas);
    try {
      if (picture) {
        onSeen(await api.identify(picture, signal));
        onError(undefined);
      }
    } catch (error) {
      if (signal.aborted) return;
      onSeen(undefined);
      onError(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Current frame as JPEG; null before the first one. */
async function frameOf(video: HTMLVideoElement, canvas: HTMLCanvasElement): Promise<Blob | null> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0) return null;
  const scale = Math.min(1, SENT / Math.max(videoWidth, videoHeight));
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}
