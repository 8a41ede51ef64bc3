/** The part of an operation's input that a client may send. */
import * as z from "zod";

/** Fields of inputs that the server sets: a request names no model, device, gallery or folder. */
export const settingNames = [
  "model",
  "calibration",
  "detector",
  "threads",
  "device",
  "gallery",
  "maxPixels",
  "photographsFolder",
  "reports",
] as const;
export type Setting = (typeof settingNames)[number];

/** @param withheld fields that are not for clients, besides the settings */
export function clientInput<I extends z.ZodObject, K extends string = never>(
  input: I,
  withheld: readonly K[] = [],
): z.ZodObject<Omit<I["shape"], Setting | K>, z.core.$strict> {
  const hidden = new Set<string>([...settingNames, ...withheld]);
  const shape = Object.entries(input.shape).filter(([name]) => !hidden.has(name));
  return z.strictObject(Object.fromEntries(shape)) as unknown as z.ZodObject<Omit<I["shape"], Setting | K>, z.core.$strict>;
}
