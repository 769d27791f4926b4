// In the runtime since Node 22, not yet in TypeScript's library.
const { rawJSON, isRawJSON } = JSON as unknown as {
  readonly rawJSON: (this: void, text: string) => unknown;
  readonly isRawJSON: (this: void, value: unknown) => value is { readonly rawJSON: string };
};

/** Parses an object without rounding any number: one that a double cannot hold comes back as it was written. */
export function parseExactly(text: string): Record<string, unknown> {
  return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value;
    return rawJSON(context.source);
  }) as Record<string, unknown>;
}

/** The digits of a number that was kept as it was written, or null for any other value. */
export function exactNumber(value: unknown): string | null {
  return isRawJSON(value) ? value.rawJSON : null;
}
