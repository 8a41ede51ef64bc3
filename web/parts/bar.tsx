/** The top of every page: where one can go, undo, the language, and signing out. */
import { useMay } from "../access.ts";
import { type PageName, pagesFor } from "../routes.ts";
import { type Language, languages, useStrings } from "../strings.ts";

export function Bar({
  here,
  language,
  onLanguage,
  onUndo,
  signedInAs,
  onSignOut,
}: {
  /** undefined before signing in: there is nowhere to go yet */
  readonly here: PageName | undefined;
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  readonly onUndo: () => void;
  readonly signedInAs: string | null;
  readonly onSignOut: () => void;
}) {
  const t = useStrings();
  const mayWrite = useMay("write");
  return (
    <header class="bar">
      <a class="brand" href="#/people">
        facenet
      </a>
      {here && (
        <nav aria-label="facenet">
          {pagesFor(mayWrite).map((name) => (
            <a key={name} href={`#/${name}`} aria-current={here === name ? "page" : undefined}>
              {t[name]}
            </a>
          ))}
        </nav>
      )}
      <div class="tools">
        {here && mayWrite && (
          <button type="button" class="quiet" title="Ctrl+Z" onClick={onUndo}>
            {t.undo}
          </button>
        )}
        <select
          aria-label={t.languageChoice}
          value={language}
          onChange={(event) => onLanguage(event.currentTarget.value as Language)}
        >
          {Object.entries(languages).map(([code, strings]) => (
            <option key={code} value={code} lang={code}>
              {strings.language}
            </option>
          ))}
        </select>
        {signedInAs !== null && (
          <button type="button" class="quiet" title={signedInAs} onClick={onSignOut}>
            {t.signOut}
          </button>
        )}
      </div>
    </header>
  );
}
