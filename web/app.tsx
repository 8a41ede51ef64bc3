/** The frame of the page: who is there, where one is, in which language, what was last said, and undo. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { AccessContext, useAccess } from "./access.ts";
import { api, messageOf } from "./api.ts";
import type { Frame } from "./frame.ts";
import { AddPage } from "./pages/add-page.tsx";
import { CameraPage } from "./pages/camera-page.tsx";
import { ComparePage } from "./pages/compare-page.tsx";
import { FindPage } from "./pages/find-page.tsx";
import { PeoplePage } from "./pages/people-page.tsx";
import { PersonPage } from "./pages/person-page.tsx";
import { ReportPage } from "./pages/report-page.tsx";
import { ReportsPage } from "./pages/reports-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { Bar } from "./parts/bar.tsx";
import { type Route, useRoute } from "./routes.ts";
import { firstLanguage, type Language, languages, StringsContext } from "./strings.ts";

/** How long what was said stays. */
const SHOWN_MS = 8000;

export function App() {
  const route = useRoute();
  const { access, refusal, signIn, signOut } = useAccess();
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
      const { undone } = await api.undo();
      setMessage(undone ? t.undone[undone.correction.kind] : t.nothingToUndo);
      if (undone) setVersion((before) => before + 1);
    } catch (error) {
      setMessage(messageOf(error));
    }
  }, [t]);

  const mayUndo = access !== undefined && access.scope !== "read";
  useEffect(() => {
    if (!mayUndo) return;
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type === "text";
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey && !typing) {
        event.preventDefault();
        void undo();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [undo, mayUndo]);

  useEffect(() => {
    const timer = setTimeout(() => setMessage(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);

  return (
    <StringsContext.Provider value={t}>
      <AccessContext.Provider value={access ?? { keyNeeded: true, name: null, scope: "read" }}>
        <Bar
          here={access && route.page}
          language={language}
          onLanguage={choose}
          onUndo={() => void undo()}
          signedInAs={access?.name ?? null}
          onSignOut={signOut}
        />
        <main>
          {access && <Page {...route} frame={{ tell: setMessage, version }} />}
          {!access && refusal && <SignInPage refusal={refusal} signIn={signIn} />}
        </main>
        <p class="message" role="status">
          {message}
        </p>
      </AccessContext.Provider>
    </StringsContext.Provider>
  );
}

function Page({ page, id, frame }: Route & { readonly frame: Frame }) {
  switch (page) {
    case "people":
      return id === undefined ? <PeoplePage frame={frame} /> : <PersonPage key={id} id={Number(id)} frame={frame} />;
    case "add":
      return <AddPage frame={frame} />;
    case "find":
      return <FindPage />;
    case "compare":
      return <ComparePage />;
    case "camera":
      return <CameraPage />;
    case "reports":
      return id === undefined ? <ReportsPage frame={frame} /> : <ReportPage key={id} id={id} />;
    default:
      return page satisfies never;
  }
}
