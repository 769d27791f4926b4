import type { LinkRow } from './link-row.ts';

/** Under which name a bundle is saved: letters, digits, dots and hyphens, and nothing of the person. */
export function fileNameOf({ tenantId, scope, format, sealed, madeAt }: Omit<LinkRow, 'object'>): string {
  const name = [tenantId, scope, madeAt.toISOString().slice(0, 10)].join('-');
  return `${name}.${format}${sealed ? '.age' : ''}`.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
}
