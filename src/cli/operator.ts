import { userInfo } from 'node:os';
import type { AuditActor } from '../audit/entry.ts';

/** Who runs the command line, at a tenant, as the audit log knows them. */
export function operator(tenant: string): AuditActor {
  return { kind: 'OPERATOR', tenant, operatorId: operatorId() };
}

/** The name under which this machine knows who types. */
export function operatorId(): string {
  return userInfo().username;
}
