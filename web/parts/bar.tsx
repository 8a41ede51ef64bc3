/** Navigation bar: pages, uploads in progress, language, sign-out. On phones the pages are at the bottom. */
import { useMay } from "../access.ts";
import { api } from "../api.ts";
import { mainPages, otherPages, type PageName } from "../routes.ts";
import { useUploads } from "../state/uploads.ts";
import { useLoaded } from "../state/use-loaded.ts";
import { type Language, languages, useStrings } from "../strings/strings.ts";
import { Icon, type IconName } from "./icon.tsx";

export function Bar({
  here,
  language,
  onLanguage,
  signedInAs,
  onSignOut,
}: {
  /** Undefined before signing in. */
  readonly here: PageName | undefined;
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  readonly signedInAs: string | null;
  readonly onSignOut: () => void;
}) {
  const t = useStrings();
  const mayWrite = useMay("write");
  return (
    <header class="bar">
      <a class="brand" href="#/people" aria-label="facenet">
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <circle cx="16" cy="12.5" r="5.5" />
          <path d="M5.500 28c1-7 5.200-9.500 10.500-9.500S25.500 21 26.500 28z" />
        </svg>
        <span>facenet</span>
      </a>
      {here && <Pages here={here} />}
      <div class="tools">
        {here && mayWrite && <AddLink isHere={here === "add"} />}
        <details class="menu" onKeyDown={closeOnEscape}>
          <summary class="icon-button" aria-label={t.more}>
            <Icon name="more" />
          </summary>
          <div class="menu-list">
            {here &&
              otherPages.map((name) => (
                <a key={name} href={`#/${name}`} aria-current={here === name ? "page" : undefined} onClick={closeMenu}>
                  {t[name]}
                </a>
              ))}
            <label>
              {t.languageChoice}
              <select value={language} onChange={(event) => onLanguage(event.currentTarget.value as Language)}>
                {Object.entries(languages).map(([code, strings]) => (
                  <option key={code} value={code} lang={code}>
                    {strings.language}
                  </option>
                ))}
              </select>
            </label>
            {signedInAs !== null && (
              <button type="button" title={signedInAs} onClick={onSignOut}>
                {t.signOut}
              </button>
            )}
          </div>
        </details>
      </div>
    </header>
  );
}

function Pages({ here }: { readonly here: PageName }) {
  const t = useStrings();
  const { value } = useLoaded("statistics", () => api.statistics({}));
  const left = value?.unassignedFaces ?? 0;
  return (
    <nav class="pages" aria-label={t.pages}>
      {mainPages.map((name) => (
        <a key={name} href={`#/${name}`} aria-current={here === name ? "page" : undefined}>
          <Icon name={name as IconName} />
          <span>{t[name]}</span>
          {name === "faces" && left > 0 && (
            <small class="badge" title={t.facesLeft(left)}>
              {left > 9999 ? "9999+" : left}
            </small>
          )}
        </a>
      ))}
    </nav>
  );
}

/** Link to the upload page; shows the progress of running uploads. */
function AddLink({ isHere }: { readonly isHere: boolean }) {
  const t = useStrings();
  const { counts, isBusy } = useUploads();
  const text = isBusy ? t.uploadsShort(counts.done + counts.failed, counts.total) : t.add;
  return (
    <a class={`add ${isBusy ? "busy" : ""}`} href="#/add" aria-current={isHere ? "page" : undefined}>
      <Icon name="upload" />
      <span aria-hidden={isBusy}>{text}</span>
      {isBusy && <span class="visually-hidden">{t.adding(counts.done, counts.total)}</span>}
    </a>
  );
}

function closeMenu(event: MouseEvent): void {
  (event.currentTarget as Element).closest("details")?.removeAttribute("open");
}

function closeOnEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== "Escape" || !menu.open) return;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary")?.focus();
}
