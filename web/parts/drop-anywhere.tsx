/** Accepts files dropped anywhere on the page, to search for a face or to add them. The targets appear while files are dragged. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useStrings } from "../strings/strings.ts";
import { Icon } from "./icon.tsx";

export function DropAnywhere({
  onFind,
  onAdd,
}: {
  readonly onFind: (file: File) => void;
  /** Undefined without write permission. */
  readonly onAdd: ((files: readonly File[]) => void) | undefined;
}) {
  const t = useStrings();
  const [isOver, setOver] = useState(false);
  const [target, setTarget] = useState<"find" | "add">();
  const handlers = useRef({ onFind, onAdd });
  handlers.current = { onFind, onAdd };
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const targetOf = (event: DragEvent) => {
      const at = (event.target as Element | null)?.closest?.("[data-drop]")?.getAttribute("data-drop");
      return at === "find" || at === "add" ? at : undefined;
    };
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
      setTarget(targetOf(event));
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = async (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      const wanted = targetOf(event);
      const files = await droppedFiles(event.dataTransfer);
      const [first] = files;
      const { onFind: find, onAdd: add } = handlers.current;
      if (first && wanted !== "add" && (files.length === 1 || wanted === "find" || !add)) find(first);
      else add?.(files);
    };
    addEventListener("dragover", onOver);
    addEventListener("dragleave", onLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onOver);
      removeEventListener("dragleave", onLeave);
      removeEventListener("drop", onDrop);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div class="drop-anywhere">
      <div class={target === "find" ? "over" : ""} data-drop="find">
        <Icon name="find" size={48} />
        <b>{t.dropToFind}</b>
      </div>
      {onAdd && (
        <div class={target === "add" ? "over" : ""} data-drop="add">
          <Icon name="upload" size={48} />
          <b>{t.dropToAdd}</b>
        </div>
      )}
    </div>
  );
}

/** Dropped files, including those in dropped folders at any depth. */
async function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // readEntries returns one batch at a time, and an empty one at the end
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inside.push(...some.filter(({ name }) => !name.startsWith(".")));
  }
  return (await Promise.all(inside.map(filesOf))).flat();
}
