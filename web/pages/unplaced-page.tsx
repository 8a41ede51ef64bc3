/** Corrected faces whose photographs are missing: the correction and the last path. */
import { api, thumbnailOf } from "../api.ts";
import { Failure, GridSkeleton } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { personLink } from "../routes.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";

export function UnplacedPage() {
  const t = useStrings();
  const { value, error, retry } = useLoaded("unplaced", () => api.unplaced({}));
  useTitle(t.unplaced);
  return (
    <>
      <header class="page-head">
        <h1>{t.unplaced}</h1>
        {value && value.faces.length > 0 && <p class="soft">{t.unplacedNote}</p>}
      </header>
      {error !== undefined && <Failure error={error} onRetry={retry} />}
      {!value && error === undefined && <GridSkeleton cards={6} />}
      {value?.faces.length === 0 && <p class="empty-note">{t.noUnplaced}</p>}
      <ul class="unplaced" aria-label={t.unplaced}>
        {value?.faces.map(({ face, path, replaced, person, name }) => (
          <li key={face}>
            <Picture path={thumbnailOf(face, 96)} alt="" />
            <span class="grow">
              {person === null ? (
                <b>{t.saidOfNobody}</b>
              ) : (
                <a href={personLink(person)}>
                  <b>{name ?? t.unnamedPerson}</b>
                </a>
              )}
              <small class="soft">
                {replaced ? t.isReplaced : t.isGone} {path}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
