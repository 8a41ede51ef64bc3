import { tellRefused } from "./session.ts";

/** What the service said instead of an answer: its code and message, which name the thing, the rule and the way out. */
export class ServiceError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws ServiceError for an answer that is none; it has the page ask for a key where that is what is missing */
export async function requireAnswer(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = (await response.json().catch(() => undefined)) as { error?: { code: string; message: string } } | undefined;
  const code = body?.error?.code ?? String(response.status);
  if (response.status === 401) tellRefused(code);
  throw new ServiceError(code, body?.error?.message ?? response.statusText);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
