import type { DocumentNode } from 'graphql';

const MOST_DOCUMENTS = 500;
const LONGEST_TEXT = 10_000;

interface Cache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** Parsed documents, those longest unused forgotten first; a long one, which nobody sends twice, is not kept. */
export function createDocumentCache(): Cache<DocumentNode> {
  const documents = new Map<string, DocumentNode>();
  return {
    get(text) {
      const document = documents.get(text);
      if (document === undefined) return undefined;
      documents.delete(text);
      documents.set(text, document);
      return document;
    },
    set(text, document) {
      if (text.length > LONGEST_TEXT) return;
      documents.set(text, document);
      if (documents.size <= MOST_DOCUMENTS) return;
      const [oldest] = documents.keys();
      if (oldest !== undefined) documents.delete(oldest);
    },
  };
}

/** Errors are not kept: whoever sends nonsense shall not fill the memory with it. */
export const NO_CACHE: Cache<unknown> = { get: () => undefined, set: () => {} };
