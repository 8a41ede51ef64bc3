/** The part of an operation's input that clients may send. */
import * as z from "zod";

/** Input fields set by the server: requests choose no model, device, gallery or folder. */
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

/** @param withheld further fields that clients may not send */
export function clientInput<I extends z.ZodObject, K extends string = never>(
  input: I,
  withheld: readonly K[] = [],
): z.ZodObject<Omit<I["shape"], Setting | K>, z.core.$strict> {
  const hidden = new Set<string>([...settingNames, ...withheld]);
  const shape = Object.entries(input.shape).filter(([name]) => !hidden.has(name));
  return z.strictObject(Object.fromEntries(shape)) as unknown as z.ZodObject<Omit<I["shape"], Setting | K>, z.core.$strict>;
}
