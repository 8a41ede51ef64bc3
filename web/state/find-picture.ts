/** Picture dropped on any page to search for; kept across pages. */
import { useEffect, useState } from "preact/hooks";

let picture: File | undefined;
const listeners = new Set<() => void>();

export function setFindPicture(file: File | undefined): void {
  picture = file;
  for (const listener of listeners) listener();
}

export function useFindPicture(): File | undefined {
  const [file, setFile] = useState(picture);
  useEffect(() => {
    const listener = () => setFile(picture);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return file;
}
