import { maskLicenceKey } from '../src/access/masks.ts';
import { CSRF_HEADER } from '../src/http/request-rules.ts';
import type { Ask } from './load.ts';

/** A server that is measured. */
export type ServerName = 'carryall' | 'open' | 'postgraphile' | 'sql';

/** One person at one operator. */
interface Whom {
  readonly tenantId: string;
  readonly subjectId: string;
}

/** How a server is asked for one person over five domains, and its answer in the form in which all are compared. */
export interface Way {
  readonly ask: (url: string, whom: Whom, token: string) => Ask;
  readonly read: (answer: unknown) => unknown;
}

const DECLARED = {
  [CSRF_HEADER]: '1',
  'x-carryall-purpose': 'DATA_SUBJECT_REQUEST',
  'x-carryall-reason': 'The person asks by letter what is held.',
};

const CARRYALL = `query ($subjectId: ID!) {
  subject(id: $subjectId) {
    account { id fullName email createdAt }
    billingReferences { id stripeCustomerId stripeSubscriptionId }
    licenseKeys { id key type createdAt }
    tickets(first: 10) {
      nodes { id subject status createdAt lastInteractionAt messages { id channel body sentAt } }
    }
    calls(first: 20) { nodes { id direction calledNumber startedAt durationSeconds status planTier } }
  }
}`;

const POSTGRAPHILE = `query ($tenantId: String!, $subjectId: String!) {
  subject: subjectByTenantIdAndId(tenantId: $tenantId, id: $subjectId) {
    account: accountsByTenantIdAndSubjectId(first: 1) { nodes { id fullName email createdAt } }
    billingReferences: billingReferencesByTenantIdAndSubjectId(orderBy: [ID_ASC]) {
      nodes { id stripeCustomerId stripeSubscriptionId }
    }
    licenseKeys: licenseKeysByTenantIdAndSubjectId(orderBy: [ID_ASC]) { nodes { id key type createdAt } }
    tickets: supportTicketsByTenantIdAndSubjectId(first: 10, orderBy: [LAST_INTERACTION_AT_DESC, ID_DESC]) {
      nodes {
        id subject status createdAt lastInteractionAt
        messages: messagesByTenantIdAndTicketId(orderBy: [SENT_AT_ASC, ID_ASC]) { nodes { id channel body sentAt } }
      }
    }
    calls: callRecordsByTenantIdAndSubjectId(first: 20, orderBy: [STARTED_AT_DESC, ID_DESC]) {
      nodes { id direction calledNumber startedAt durationSeconds status planTier }
    }
  }
}`;

const askCarryall: Way['ask'] = (url, { subjectId }, token) => ({
  url,
  headers: { authorization: `Bearer ${token}`, ...DECLARED },
  body: JSON.stringify({ query: CARRYALL, variables: { subjectId } }),
});

export const WAYS: Readonly<Record<ServerName, Way>> = {
  carryall: { ask: askCarryall, read: (answer) => comparable(subjectOf(answer)) },
  // Carryall without a decision on any field: see without-access.ts.
  open: { ask: askCarryall, read: (answer) => masked(comparable(subjectOf(answer))) },
  postgraphile: {
    ask: (url, whom) => ({ url, headers: {}, body: JSON.stringify({ query: POSTGRAPHILE, variables: whom }) }),
    // It takes only constraints for unique, not indexes, and so gives the one account in a list.
    read: (answer) => {
      const { account, ...rest } = comparable(subjectOf(answer)) as { readonly account: readonly unknown[] };
      return masked({ account: account[0], ...rest });
    },
  },
  sql: {
    ask: (url, whom) => ({ url, headers: {}, body: JSON.stringify(whom) }),
    read: (answer) => masked(comparable(answer)),
  },
};

function subjectOf(answer: unknown): unknown {
  const { data, errors } = answer as { readonly data?: { readonly subject?: unknown }; readonly errors?: unknown };
  if (errors !== undefined || data?.subject == null) throw new Error(`No answer: ${JSON.stringify(errors)}`);
  return data.subject;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Lists of connections as lists, and instants in one form. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') return INSTANT.test(value) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map(comparable);
  if (value === null || typeof value !== 'object') return value;
  if ('nodes' in value) return comparable(value.nodes);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, comparable(each)]));
}

/** Staff see licence keys in a mask, which the others do not have. */
function masked(answer: unknown): unknown {
  const { licenseKeys, ...rest } = answer as { readonly licenseKeys: readonly { readonly key: string }[] };
  return { ...rest, licenseKeys: licenseKeys.map((each) => ({ ...each, key: maskLicenceKey(each.key) })) };
}
