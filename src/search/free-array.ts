/**
 * Gives an array's memory back at once; it is empty from then on. The collector only sees small objects and would let
 * tens of megabytes of dropped arrays pile up.
 */
export function freeArray({ buffer }: Int32Array | Uint32Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
