/** Search page: identifies a face of a picture and shows that person's photographs and look-alikes; or searches by names. */
import { useEffect, useState } from "preact/hooks";
import { type Alike, api, type Found, type Identified, thumbnailOf } from "../api.ts";
import { FaceButton } from "../parts/face-boxes.tsx";
import { FileButton } from "../parts/file-button.tsx";
import { FoundPhotographs } from "../parts/found-photographs.tsx";
import { Icon } from "../parts/icon.tsx";
import { GridSkeleton } from "../parts/notice.tsx";
import { PeopleFinder } from "../parts/people-finder.tsx";
import { Picture } from "../parts/picture.tsx";
import { personLink, photographLink } from "../routes.ts";
import { findPicture } from "../state/find.ts";
import { useAnswer } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { errorText, likelihoodText } from "../texts.ts";

type Both = { readonly found: Found; readonly alike: readonly Alike[] };
type SeenFace = Identified["faces"][number];

export function FindPage() {
  const t = useStrings();
  const file = findPicture.use();
  const [seen, see] = useAnswer<Identified | undefined>();
  const [{ value, error, isWaiting }, ask] = useAnswer<Both>();
  const [chosen, setChosen] = useState<number>();
  useTitle(t.findTitle);

  useEffect(() => {
    setChosen(undefined);
    ask(undefined);
    see(file && (() => api.identify(file)));
  }, [file, see, ask]);
  const faces = seen.value?.faces ?? [];
  useEffect(() => {
    if (chosen === undefined && faces.length > 0) setChosen(largest(faces));
  }, [faces, chosen]);
  useEffect(() => {
    if (!file || chosen === undefined) return;
    ask(async () => {
      const [found, { people }] = await Promise.all([api.find(file, chosen), api.lookalike(file, chosen)]);
      return { found, alike: people };
    });
  }, [file, chosen, ask]);

  const face = chosen === undefined ? undefined : faces[chosen];
  const person = value?.found.person;
  return (
    <>
      <header class="page-head">
        <h1>{t.findTitle}</h1>
        {!file && <p class="soft">{t.findNote}</p>}
      </header>
      {!file && (
        <div class="drop-target" data-drop="find">
          <Icon name="find" size={40} />
          <p>{t.dropOne}</p>
          <FileButton label={t.choosePhotograph} isMain onFiles={([one]) => findPicture.set(one)} />
        </div>
      )}
      {!file && <PeopleFinder />}
      {file && (
        <div class="found">
          <section class="probe" aria-label={t.yourPicture}>
            <Probe file={file} seen={seen.value} chosen={chosen} onChoose={setChosen} />
            {faces.length > 1 && <p class="soft">{t.pickFace(faces.length)}</p>}
            <div class="row">
              <FileButton label={t.anotherPicture} onFiles={([one]) => findPicture.set(one)} />
            </div>
          </section>
          <section class="results" aria-live="polite">
            {(seen.error ?? error) !== undefined && <p class="error">{errorText(seen.error ?? error, t)}</p>}
            {seen.value && faces.length === 0 && <p>{t.noFace}</p>}
            {(seen.isWaiting || isWaiting) && <GridSkeleton cards={6} />}
            {value && face && (
              <>
                <div class="who">
                  {person && (
                    <a class="avatar" href={personLink(person.id)} aria-label={t.showPerson(person.name)}>
                      <Picture path={thumbnailOf(value.found.photographs[0]?.face ?? 0, 160)} alt="" />
                    </a>
                  )}
                  <div>
                    <h2>{person ? <a href={personLink(person.id)}>{t.thisIs(person.name)}</a> : t.unknown}</h2>
                    {person && face.strangersAsClose !== null && <p class="soft">{likelihoodText(face.strangersAsClose, t)}</p>}
                  </div>
                </div>
                <FoundPhotographs photographs={value.found.photographs} />
                {value.alike.length > 0 && (
                  <>
                    <h3>{t.lookAlikes}</h3>
                    <ul class="face-grid">
                      {value.alike.map((one) => (
                        <li key={one.face}>
                          <a
                            class="alike"
                            href={one.person === null ? photographLink(one.photograph, one.face) : personLink(one.person)}
                            title={`${t.distance} ${one.distance.toFixed(3)}`}
                          >
                            <Picture path={thumbnailOf(one.face, 320)} alt="" />
                            <b>{one.name ?? (one.person === null ? t.unknown : t.unnamedPerson)}</b>
                          </a>
                        </li>
                      ))}
                    </ul>
                  </>
                )}
              </>
            )}
          </section>
        </div>
      )}
    </>
  );
}

/** The picture with its faces to choose from; faces are numbered if the browser cannot show the format. */
function Probe({
  file,
  seen,
  chosen,
  onChoose,
}: {
  readonly file: File;
  readonly seen: Identified | undefined;
  readonly chosen: number | undefined;
  readonly onChoose: (face: number) => void;
}) {
  const t = useStrings();
  const [url, setUrl] = useState<string>();
  const [isShown, setShown] = useState(true);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    setShown(true);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <div class="whole-picture" style={seen && { aspectRatio: `${seen.width} / ${seen.height}` }}>
      {url && isShown && <img class="picture" src={url} alt={file.name} onError={() => setShown(false)} />}
      {!isShown && <p class="soft">{t.cannotShow(file.name)}</p>}
      {seen?.faces.map((face, i) => (
        <FaceButton key={i} face={face} whole={seen} isChosen={i === chosen} onChoose={() => onChoose(i)} />
      ))}
    </div>
  );
}

function largest(faces: readonly SeenFace[]): number {
  const areas = faces.map(({ box }) => box.width * box.height);
  return areas.indexOf(Math.max(...areas));
}
