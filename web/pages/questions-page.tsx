/** "The same person?": one question at a time, most likely first, answered by a click or a key. */
import { useEffect, useState } from "preact/hooks";
import { useMay } from "../access.ts";
import { api, type Question, thumbnailOf } from "../api.ts";
import { useFrame } from "../frame.tsx";
import { Failure, GridSkeleton } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { personLink } from "../routes.ts";
import { isPlain, useKeys } from "../state/keys.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { likelihoodText } from "../texts.ts";

/** Questions loaded at a time, and faces shown of a group. */
const READ = 30;
const SHOWN = 8;
const keys = { y: "yes", n: "no", u: "unsure" } as const;
type Reply = (typeof keys)[keyof typeof keys];

export function QuestionsPage() {
  const t = useStrings();
  const mayWrite = useMay("write");
  const { record } = useFrame();
  const { value, error, retry } = useLoaded("questions", () => api.suggestions({ limit: READ }));
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  useTitle(t.questions);
  const open = (value?.suggestions ?? []).filter((question) => !answered.has(keyOf(question)));
  const question = open[0];

  const answer = async (reply: Reply) => {
    if (!question || !mayWrite) return;
    const key = keyOf(question);
    setAnswered((before) => new Set([...before, key])); // the next one at once
    const { name } = question.person;
    const said = { yes: t.saidIs(name), no: t.saidNot(name), unsure: t.saidUnsure }[reply];
    await record(() => api.answerQuestion(question, reply), said);
  };
  // An answer that was taken back is asked again.
  useEffect(() => setAnswered(new Set()), [value]);
  useKeys((event) => {
    const reply = keys[event.key.toLowerCase() as keyof typeof keys];
    if (reply && isPlain(event)) void answer(reply);
  });

  return (
    <>
      <header class="page-head">
        <h1>{t.questions}</h1>
        {value && value.total > 0 && <p class="soft">{t.questionsLeft(value.total)}</p>}
      </header>
      {error !== undefined && <Failure error={error} onRetry={retry} />}
      {!value && error === undefined && <GridSkeleton cards={2} />}
      {value && !question && (
        <p class="empty-note">{value.total > open.length && answered.size > 0 ? t.loading : t.noQuestions}</p>
      )}
      {question && (
        <section class="question" aria-label={t.mayBeWho(question.person.name)}>
          <div class="pair">
            <figure>
              <Picture path={thumbnailOf(question.person.cover ?? question.nearest, 320)} alt="" />
              <figcaption>
                <a href={personLink(question.person.id)}>
                  <b>{question.person.name ?? t.unnamedPerson}</b>
                </a>
                <small class="soft">{t.facesOf(question.person.faces)}</small>
              </figcaption>
            </figure>
            <figure>
              <Picture path={thumbnailOf(question.faces[0] as number, 320)} alt="" />
              <figcaption>
                <b>{likelihoodText(question.strangersAsClose, t)}</b>
                <small class="soft">{t.facesOf(question.group?.faces ?? 1)}</small>
              </figcaption>
            </figure>
          </div>
          {question.faces.length > 1 && (
            <ul class="more-faces" aria-label={t.faces}>
              {question.faces.slice(1, SHOWN).map((face) => (
                <li key={face}>
                  <Picture path={thumbnailOf(face, 96)} alt={t.faceNumber(face)} />
                </li>
              ))}
            </ul>
          )}
          <h2>{t.mayBeWho(question.person.name)}</h2>
          {mayWrite && (
            <div class="row centre">
              <button type="button" class="main" onClick={() => answer("yes")}>
                {t.yes} <kbd>Y</kbd>
              </button>
              <button type="button" onClick={() => answer("no")}>
                {t.no} <kbd>N</kbd>
              </button>
              <button type="button" onClick={() => answer("unsure")}>
                {t.unsure} <kbd>U</kbd>
              </button>
            </div>
          )}
        </section>
      )}
    </>
  );
}

const keyOf = ({ person, group, faces }: Question): string => `${person.id} ${group ? `group ${group.id}` : `face ${faces[0]}`}`;
