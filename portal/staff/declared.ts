import type { Declaration } from '../gateway/ask.ts';

const KEY = 'carryall.declaration';

/** What was declared in this tab of the browser, which forgets it when it is closed. */
export function declaredBefore(): Declaration | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const { purpose, reason, ticket } = kept as Readonly<Record<string, unknown>>;
    const isOurs = purpose === PURPOSE && typeof reason === 'string' && typeof ticket === 'string';
    return isOurs ? { purpose, reason, ticket } : null;
  } catch {
    return null;
  }
}

export function keepDeclared(declaration: Declaration): void {
  sessionStorage.setItem(KEY, JSON.stringify(declaration));
}

/** The one purpose for which staff use the portal. */
export const PURPOSE = 'DATA_SUBJECT_REQUEST';
