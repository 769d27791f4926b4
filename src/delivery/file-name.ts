/** What the name of a bundle tells of it. */
interface NamedBundle {
  readonly tenantId: string;
  readonly scope: string;
  readonly format: string;
  readonly sealed: boolean;
  readonly madeAt: Date;
}

/** Under which name a bundle is saved: letters, digits, dots and hyphens, and nothing of the person. */
export function fileNameOf({ tenantId, scope, format, sealed, madeAt }: NamedBundle): string {
  const name = [tenantId, scope, madeAt.toISOString().slice(0, 10)].join('-');
  return `${name}.${format}${sealed ? '.age' : ''}`.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
}
