/**
 * Whose job is taken next: tenants take turns, so that one with a thousand requests does not keep another waiting for more
 * than one of them. A round ends when nobody is left who was not served in it.
 */
export interface Turns {
  /** Those who have been served in this round. */
  readonly served: () => readonly string[];
  readonly serve: (tenantId: string) => void;
  readonly newRound: () => void;
}

export function createTurns(): Turns {
  const served = new Set<string>();
  return {
    served: () => [...served],
    serve: (tenantId) => void served.add(tenantId),
    newRound: () => served.clear(),
  };
}
