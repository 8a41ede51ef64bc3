/** Where every run must come out alike, properties are tried on the same cases; elsewhere on new ones each time. */
import fc from "fast-check";

if (process.env.CI) fc.configureGlobal({ seed: 20_261_125 });
