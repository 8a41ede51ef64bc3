/** An upright picture in memory: red, green, blue interleaved, one byte each. */
export type RgbImage = {
  /** [height, width, 3] */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
};

/** Raw pixels as a caller may hand them over; `channels` is 1 (grey), 3 (RGB) or 4 (RGBA). */
export type RawPixels = {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
};
