/** The frame of the page: where one is, in which language, what was last said, and undo. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api } from "./api.ts";
import type { Frame } from "./frame.ts";
import { AddPage } from "./pages/add-page.tsx";
import { CameraPage } from "./pages/camera-page.tsx";
import { ComparePage } from "./pages/compare-page.tsx";
import { FindPage } from "./pages/find-page.tsx";
import { PeoplePage } from "./pages/people-page.tsx";
import { PersonPage } from "./pages/person-page.tsx";
import { firstLanguage, type Language, languages, StringsContext } from "./strings.ts";

/** How long what was said stays. */
const SHOWN_MS = 8000;

const pages = ["people", "add", "find", "compare", "camera"] as const;

/** The part of the address after #/, split at slashes. */
function useRoute(): readonly string[] {
  const read = () => location.hash.replace(/^#\/?/, "").split("/");
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const onChange = () => setRoute(read());
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return route;
}

export function App() {
  const [page = "", id] = useRoute();
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [message, setMessage] = useState("");
  const [version, setVersion] = useState(0);
  const t = languages[language];

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  /** Remembered before anything else can happen: the page may be loaded again at once. */
  const choose = (wanted: Language): void => {
    localStorage.setItem("language", wanted);
    setLanguage(wanted);
  };

  const undo = useCallback(async () => {
    try {
      await api.undo();
      setMessage(t.undone);
      setVersion((before) => before + 1);
    } catch (error) {
      setMessage(error instanceof Error ? error.message : t.nothingToUndo);
    }
  }, [t]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type === "text";
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey && !typing) {
        event.preventDefault();
        void undo();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [undo]);

  useEffect(() => {
    const timer = setTimeout(() => setMessage(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);

  const frame: Frame = { tell: setMessage, version };
  const here = pages.find((name) => name === page) ?? "people";
  return (
    <StringsContext.Provider value={t}>
      <header class="bar">
        <a class="brand" href="#/people">
          facenet
        </a>
        <nav aria-label="facenet">
          {pages.map((name) => (
            <a key={name} href={`#/${name}`} aria-current={here === name ? "page" : undefined}>
              {t[name]}
            </a>
          ))}
        </nav>
        <button type="button" class="quiet" title="Ctrl+Z" onClick={undo}>
          {t.undo}
        </button>
        <select
          aria-label={t.languageChoice}
          value={language}
          onChange={(event) => choose(event.currentTarget.value as Language)}
        >
          {Object.entries(languages).map(([code, strings]) => (
            <option key={code} value={code} lang={code}>
              {strings.language}
            </option>
          ))}
        </select>
      </header>
      <main>
        {here === "people" && (id ? <PersonPage key={id} id={Number(id)} frame={frame} /> : <PeoplePage frame={frame} />)}
        {here === "add" && <AddPage frame={frame} />}
        {here === "find" && <FindPage />}
        {here === "compare" && <ComparePage />}
        {here === "camera" && <CameraPage />}
      </main>
      <p class="message" role="status">
        {message}
      </p>
    </StringsContext.Provider>
  );
}
