/** All photographs, newest first. */
import { useEffect } from "preact/hooks";
import { api, pictureOf } from "../api.ts";
import { Failure, GridSkeleton, Welcome } from "../parts/notice.tsx";
import { Picture } from "../parts/picture.tsx";
import { VirtualGrid } from "../parts/virtual-grid.tsx";
import { photographLink } from "../routes.ts";
import { setSequence } from "../sequence.ts";
import { usePages } from "../state/use-pages.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";
import { dayText } from "../texts.ts";

const PAGE = 300;

export function PhotographsPage() {
  const t = useStrings();
  const list = usePages("photographs", PAGE, async (after, limit) => {
    const { photographs, total } = await api.datedPhotographs({ after, limit });
    return { items: photographs, total };
  });
  useTitle(t.photographs);
  useEffect(() => setSequence(list.items.map(({ id }) => ({ photograph: id }))), [list.items]);
  return (
    <>
      <header class="page-head">
        <h1>{t.photographs}</h1>
        {(list.total ?? 0) > 0 && <p class="soft">{t.photographsOf(list.total ?? 0)}</p>}
      </header>
      {list.error !== undefined && <Failure error={list.error} onRetry={list.retry} />}
      {list.total === undefined && list.error === undefined && <GridSkeleton cards={18} />}
      {list.total === 0 && <Welcome text={t.noPhotographs} />}
      <VirtualGrid
        count={list.total ?? 0}
        cardWidth={180}
        label={t.photographs}
        onView={list.onView}
        card={(place) => {
          const photograph = list.at(place);
          if (!photograph) return <span class="skeleton" />;
          const { id, name, takenAt, faces } = photograph;
          const label = [name ?? t.photograph, takenAt && dayText(takenAt, t), t.facesOf(faces)].filter(Boolean).join(", ");
          return (
            <div class="face">
              <a class="whole" href={photographLink(id)} aria-label={label}>
                <Picture path={pictureOf(id, 320)} alt="" />
                {takenAt && (
                  <span class="date" aria-hidden="true">
                    {dayText(takenAt, t)}
                  </span>
                )}
              </a>
            </div>
          );
        }}
      />
    </>
  );
}
