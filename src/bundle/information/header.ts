import type { Policy } from '../../policy/schema.ts';
import { typed } from '../dpv.ts';

/** What a tenant supplies where its policy is silent (trap X05). */
export interface TenantNotice {
  readonly name: string;
  readonly contact: string | null;
}

type Header = Policy['header'];

export const NOT_STATED = 'not stated in policy';

/** Where to send a request: what the text states, else what the tenant supplies, else nothing; never a made-up address (trap X01). */
export function contactOf({ contact }: Header, tenant: TenantNotice): object {
  if (contact.status === 'STATED') return contact;
  const said = contact.status === 'ELSEWHERE' ? { policySays: contact } : {};
  if (tenant.contact === null) return { status: contact.status, text: NOT_STATED, ...said };
  return { status: 'SUPPLIED_BY_OPERATOR', text: tenant.contact, policyStatus: contact.status, ...said };
}

/** The controller, as far as the text goes; a placeholder is no address (trap X04). */
export function controllerOf({ controller, contact }: Header): object {
  const { address, ...rest } = controller;
  return {
    ...rest,
    address:
      address?.status === 'STATED'
        ? address.text
        : contact.status === 'STATED'
          ? (contact.postalAddress ?? null)
          : null,
    ...(contact.status === 'STATED' ? { email: contact.email } : {}),
  };
}

/** The policy that is in force, and since when, no more exactly than it says (traps X02, X03). */
export function policyOf({ code, name, version, header, source }: Policy): object {
  const { effectiveDate: date } = header;
  return {
    code,
    name,
    version,
    effectiveDate: date.status === 'STATED' ? date : { ...date, text: NOT_STATED },
    changeNotice: header.changeNotice,
    source,
  };
}

/** Within what time a request is answered; a text that promises none has the statutory month. */
export function responseTimeOf({ responseTime }: Header): object {
  return responseTime.status === 'STATED'
    ? { ...responseTime, text: 'the earlier of this period and one month from receipt (Art. 12(3))' }
    : { ...responseTime, text: 'one month from receipt (Art. 12(3)); the policy gives no number' };
}

/** What a copy costs. */
export function feeOf({ fee }: Header): object {
  return fee.status === 'FREE'
    ? { ...fee, text: 'free of charge, as the policy says' }
    : { ...fee, text: 'not stated in policy; the first copy is free (Art. 12(5))' };
}

/** Art. 15(2): what the text says of transfers outside the EEA and their safeguards. */
export function transfersOf({ transfers }: Header): object {
  if (transfers.status !== 'STATED') return { status: transfers.status, note: NOT_STATED };
  const none = transfers.countries.length === 0;
  return { ...transfers, ...(none ? { note: 'the policy names no country outside the EEA' } : {}) };
}

/** The supervisory authority, only where the text names one; none is looked up for it (trap X06). */
export function authorityOf({ authority }: Header): object {
  return authority.status === 'STATED'
    ? typed(['dpv:DataProtectionAuthority'], authority)
    : { ...authority, text: NOT_STATED };
}
