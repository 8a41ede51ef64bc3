/** API reference as one HTML page, generated from the OpenAPI document, without scripts or third-party content. */
import { type Content, html, type Markup, pageStyle } from "../reports/page/page.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
};
type Media = { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
type Operation = {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Media;
  readonly responses?: Readonly<Record<string, Media & { readonly description?: string }>>;
};
type Entry = { readonly method: string; readonly path: string; readonly operation: Operation };

export const referenceStyle = `${pageStyle.source}
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .85rem }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; color: var(--near); text-transform: uppercase }
summary { cursor: pointer; padding: .5rem 0; border-bottom: 1px solid var(--line) }
details > div { padding: 1rem 0 1rem 1rem; border-left: .2rem solid var(--line) }
nav ul { columns: 16rem; list-style: none; padding: 0 }
a { color: var(--near) }
`;

/** @returns the page as HTML; its style is at /docs/style.css */
export function referencePage(document: OpenApiDocument): string {
  const entries = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const tags = [...new Set(entries.map(tagOf))];
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>facenet HTTP API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<main>
<h1>HTTP API</h1>
<p>${document.info.description}</p>
<p class="soft">facenet ${document.info.version}. For programs: <a href="/openapi.json">openapi.json</a>.</p>
${tags.map((tag) => html`<h2 id="${tag}">${tag}</h2>${entries.filter((entry) => tagOf(entry) === tag).map((entry) => entryMarkup(entry, schemas))}`)}
</main>
</body>
</html>
`.source;
}

const tagOf = ({ operation }: Entry): string => operation.tags?.[0] ?? "other";

function entryMarkup({ method, path, operation }: Entry, schemas: Readonly<Record<string, Schema>>): Markup {
  const { summary, description, parameters = [], requestBody, responses = {} } = operation;
  const bodies = Object.entries(requestBody?.content ?? {});
  return html`<details>
<summary><span class="method">${method}</span> <code>${path}</code> <span class="soft">${summary}</span></summary>
<div>
${description === undefined ? undefined : html`<p>${description}</p>`}
${parameters.length === 0 ? undefined : html`<h3>Parameters</h3>${fieldTable(parameters.map(({ name, in: place, required = false, schema = {} }) => ({ name: place === "query" ? `?${name}` : `{${name}}`, required, schema })))}`}
${bodies.map(([type, { schema = {} }]) => html`<h3>Body as <code>${type}</code></h3>${schemaMarkup(schema, schemas)}`)}
${Object.entries(responses).map(([status, { description: says, content = {} }]) => html`<h3>${status === "default" ? "Error" : `Response ${status}`}: ${says}</h3>${Object.values(content).map(({ schema = {} }) => schemaMarkup(schema, schemas))}`)}
</div>
</details>
`;
}

type Field = { readonly name: string; readonly required: boolean; readonly schema: Schema };

function fieldTable(fields: readonly Field[]): Markup {
  return html`<div class="scroll"><table><thead><tr><th>name</th><th>type</th><th>description</th></tr></thead><tbody>
${fields.map(({ name, required, schema }) => html`<tr><td><code>${name}</code>${required ? " *" : ""}</td><td>${typeText(schema)}</td><td>${schema.description}${limitsText(schema)}</td></tr>`)}
</tbody></table></div>`;
}

function schemaMarkup(schema: Schema, schemas: Readonly<Record<string, Schema>>): Content {
  const { properties, required = [], anyOf } = resolved(schema, schemas);
  if (anyOf) return anyOf.map((part) => schemaMarkup(part, schemas));
  if (!properties) return html`<p>${typeText(schema)}</p>`;
  return fieldTable(fieldsOf(properties, required, schemas, ""));
}

/** All fields; nested ones with dotted names. */
function fieldsOf(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  schemas: Readonly<Record<string, Schema>>,
  prefix: string,
): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const own = resolved(schema, schemas);
    const inner = own.items ? resolved(own.items, schemas) : own;
    const field = { name: prefix + name, required: required.includes(name), schema: own };
    const below = inner.properties && prefix.length < 60 ? fieldsOf(inner.properties, [], schemas, `${prefix}${name}.`) : [];
    return [field, ...below];
  });
}

function resolved(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  return schema.$ref === undefined ? schema : (schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
}

function typeText({ type, format, items, anyOf, enum: choices, $ref }: Schema): string {
  if ($ref !== undefined) return $ref.split("/").at(-1) ?? "";
  if (choices) return choices.map(String).join(" | ");
  if (items) return `list of ${typeText(items)}`;
  if (anyOf) return anyOf.map(typeText).join(" or ");
  if (format === "binary") return "photograph";
  return typeof type === "string" ? type : (type ?? ["object"]).join(" or ");
}

function limitsText({ minimum, maximum, default: standard }: Schema): string {
  const parts = [
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : `at least ${minimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : `at most ${maximum}`,
    standard === undefined ? undefined : `default ${JSON.stringify(standard)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
