/** Types of the contract: routes, requests and responses. */
import type * as z from "zod";
import type { Scope } from "../schemas/api-key.ts";
import type { Reason } from "../schemas/failure.ts";
import type { Setting } from "./client-input.ts";

export type RouteShape = {
  readonly method: "get" | "post" | "put" | "delete";
  /** OpenAPI notation: /v1/people/{person} */
  readonly path: string;
  /** Second path of the same route. */
  readonly alias?: string;
  /** Scope required of the API key; public: no key. */
  readonly scope: Scope | "public";
  /** Section of the API reference. */
  readonly tag: string;
  /** Equivalent CLI command. */
  readonly command?: string;
  /** Input fields that hold uploaded photographs. */
  readonly photographs?: readonly string[];
  /** Uploads are stored in the server's folder of photographs; the operation receives these files. */
  readonly stores?: boolean;
  /** Further input fields required of clients, besides those in the path. */
  readonly required?: readonly string[];
  /** Input fields, paths or numbers, that clients give as numbers: no request names a file. */
  readonly numbers?: readonly string[];
  /** Photographs may also be sent as base64 or data URIs: in JSON fields and in form parts without a file name. */
  readonly acceptsText?: boolean;
  /** The JSON body is the value of this field, not an object of fields. */
  readonly bodyField?: string;
  /** Input fields with a fixed value on this route. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** The response contains names of people, so calls are audited. Calls that change something always are. */
  readonly audited?: boolean;
  /** Default: json. */
  readonly answer?: "json" | "jpeg" | "html" | "text" | "events";
  /** Default: 200. */
  readonly status?: 200 | 201 | 202;
};

/** A value after JSON serialisation: vectors are number arrays, byte codes and pixels base64. */
export type Json<T> = T extends Float32Array
  ? number[]
  : T extends Int8Array | Uint8Array
    ? string
    : T extends readonly (infer U)[]
      ? { [K in keyof T]: Json<T[K]> } & Json<U>[]
      : T extends object
        ? { [K in keyof T]: Json<T[K]> }
        : T;

/** Failure of one photograph in a batch. */
export type FailedPhotograph = { readonly image: string; readonly error: Readonly<Reason> };

/** Input and output schema of an operation or a server-only call. */
export type Described = { readonly kind?: "answer" | "stream"; readonly input: z.ZodType; readonly output: z.ZodType };

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Uploaded<T> = T extends readonly unknown[] ? readonly Blob[] : T extends undefined ? undefined : Blob;
type Uploads<T, K extends PropertyKey> = { readonly [F in keyof T as F extends K ? F : never]: Uploaded<T[F]> };
type PhotographsOf<S> = S extends { readonly photographs: readonly (infer K extends string)[] } ? K : never;
type InPath<P> = P extends `${string}{${infer F}}${infer Rest}` ? F | InPath<Rest> : never;
type RequiredOf<S> =
  | (S extends { readonly required: readonly (infer K extends string)[] } ? K : never)
  | (S extends { readonly path: infer P } ? InPath<P> : never);
type NumbersOf<S> = S extends { readonly numbers: readonly (infer K extends string)[] } ? K : never;
type Numbered<T, K extends PropertyKey> = { readonly [F in keyof T]: F extends K ? number : T[F] };
type Demanded<T, K extends PropertyKey> = T & { readonly [F in keyof T as F extends K ? F : never]-?: NonNullable<T[F]> };
type FixedOf<S> = S extends { readonly fixed: infer F } ? keyof F : never;

type Sent<O extends Described, S> = Demanded<
  Numbered<Without<z.input<O["input"]>, Setting | PhotographsOf<S> | FixedOf<S>>, NumbersOf<S>> &
    Uploads<z.input<O["input"]>, PhotographsOf<S>>,
  RequiredOf<S>
>;

type Answered<O extends Described, S> = S extends { readonly answer: "events" }
  ? AsyncGenerator<Json<z.output<O["output"]>>, void>
  : S extends { readonly answer: "jpeg" }
    ? Promise<Blob>
    : S extends { readonly answer: "html" | "text" }
      ? Promise<string>
      : O["kind"] extends "stream"
        ? Promise<{ photographs: (Json<z.output<O["output"]>> | FailedPhotograph)[] }>
        : Promise<Json<z.output<O["output"]>>>;

/** A route with the types of its operation, at compile time only. */
export type TypedRoute<O extends Described, S extends RouteShape> = S & {
  readonly types?: { readonly operation: O; readonly input: Sent<O, S>; readonly answer: Answered<O, S> };
};

/** Ties a route to the type of its operation. */
export const route =
  <O extends Described>() =>
  <const S extends RouteShape>(shape: S): TypedRoute<O, S> =>
    shape;
