import type { Speech } from './speech.ts';

/** What a field is called: in the words of bundles, and what the gateway puts together of several columns in the portal's own. */
export function fieldName({ named, word }: Speech, name: string): string {
  const own = named('column', name);
  return own === name ? word('field', name) : own;
}
