/** Root component: access, routing, language, toasts and uploads that continue across pages. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { AccessContext, useAccess } from "./access.ts";
import { api, type Job } from "./api.ts";
import { FrameContext, ToastLine, useFrame, useFrameState } from "./frame.tsx";
import { AddPage } from "./pages/add-page.tsx";
import { CameraPage } from "./pages/camera-page.tsx";
import { ComparePage } from "./pages/compare-page.tsx";
import { FacesPage } from "./pages/faces-page.tsx";
import { FindPage } from "./pages/find-page.tsx";
import { PeoplePage } from "./pages/people-page.tsx";
import { PersonPage } from "./pages/person-page.tsx";
import { PhotographPage } from "./pages/photograph-page.tsx";
import { PhotographsPage } from "./pages/photographs-page.tsx";
import { QuestionsPage } from "./pages/questions-page.tsx";
import { ReportPage } from "./pages/report-page.tsx";
import { ReportsPage } from "./pages/reports-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { UnplacedPage } from "./pages/unplaced-page.tsx";
import { Bar } from "./parts/bar.tsx";
import { DropAnywhere } from "./parts/drop-anywhere.tsx";
import { Failure, GridSkeleton } from "./parts/notice.tsx";
import { returnToPlace, useRoute, type Visit } from "./routes.ts";
import { findPicture } from "./state/find.ts";
import { useKeys } from "./state/keys.ts";
import { uploads } from "./state/uploads.ts";
import { useJob, type WatchedJob } from "./state/use-loaded.ts";
import { firstLanguage, type Language, languages, StringsContext, useStrings } from "./strings/strings.ts";

export function App() {
  const visit = useRoute();
  const { access, refusal, signIn, signOut, retry } = useAccess();
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const t = languages[language];
  const { frame, toast, hold } = useFrameState(t);
  const mayWrite = access !== undefined && access.scope !== "read";

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  /** Stored first, because the page may be reloaded immediately. */
  const choose = (wanted: Language): void => {
    localStorage.setItem("language", wanted);
    setLanguage(wanted);
  };

  useKeys((event) => {
    if (!mayWrite || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) frame.redo();
    else frame.undo();
  });

  const isSignedIn = access !== undefined;
  useEffect(
    () => (isSignedIn ? returnToPlace() : undefined),
    [visit.page, visit.page === "photographs" && visit.face !== undefined ? "" : visit.id, isSignedIn],
  );
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => uploads.isBusy && event.preventDefault();
    addEventListener("beforeunload", onLeave);
    return () => removeEventListener("beforeunload", onLeave);
  }, []);

  const find = (file: File | undefined) => {
    findPicture.set(file);
    location.hash = "#/find";
  };
  const add = (files: readonly File[]) => {
    uploads.add(files);
    frame.tell(t.uploadsStarted(files.length));
  };
  const isViewer = visit.page === "photographs" && visit.id !== undefined;
  return (
    <StringsContext.Provider value={t}>
      <AccessContext.Provider value={access ?? { keyNeeded: true, name: null, scope: "read" }}>
        <FrameContext.Provider value={frame}>
          {!(isViewer && access) && (
            <Bar
              here={access && visit.page}
              language={language}
              onLanguage={choose}
              signedInAs={access?.name ?? null}
              onSignOut={signOut}
            />
          )}
          <main class={isViewer && access ? "is-viewer" : ""}>
            {access && <Page visit={visit} />}
            {!access && !refusal && <GridSkeleton />}
            {!access && refusal?.code === "OFFLINE" && <Failure error={new TypeError("offline")} onRetry={retry} />}
            {!access && refusal && refusal.code !== "OFFLINE" && <SignInPage refusal={refusal} signIn={signIn} />}
          </main>
          {access && visit.page !== "compare" && <DropAnywhere onFind={find} onAdd={mayWrite ? add : undefined} />}
          <ToastLine toast={toast} onHold={hold} />
        </FrameContext.Provider>
      </AccessContext.Provider>
    </StringsContext.Provider>
  );
}

/** The current page of a signed-in user; starts grouping after uploads. */
function Page({ visit: { page, id, face } }: { readonly visit: Visit }) {
  const t = useStrings();
  const { tell, fail, refresh } = useFrame();
  const onEnd = useCallback(
    ({ state, error }: Job) => {
      if (state === "failed" && error) fail(new Error(error.message));
      else tell(state === "done" ? t.grouped : t.jobStopped);
      refresh();
    },
    [tell, fail, refresh, t],
  );
  const watched: WatchedJob = useJob(onEnd);
  const { startJob } = watched;
  const group = useCallback(() => void api.cluster().then(startJob, fail), [startJob, fail]);
  useEffect(() => {
    uploads.onAllDone = group;
  }, [group]);

  switch (page) {
    case "people":
      return id === undefined ? <PeoplePage /> : <PersonPage key={id} id={Number(id)} />;
    case "photographs":
      return id === undefined ? <PhotographsPage /> : <PhotographPage id={Number(id)} face={face} />;
    case "faces":
      return <FacesPage />;
    case "find":
      return <FindPage />;
    case "questions":
      return <QuestionsPage />;
    case "unplaced":
      return <UnplacedPage />;
    case "add":
      return <AddPage watched={watched} onGroup={group} />;
    case "compare":
      return <ComparePage />;
    case "camera":
      return <CameraPage />;
    case "reports":
      return id === undefined ? <ReportsPage /> : <ReportPage key={id} id={id} />;
    default:
      return page satisfies never;
  }
}
