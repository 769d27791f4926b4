import type { ActorKind } from '../../../access/actor.ts';
import { ask, isStranger, type Sender } from './ask.ts';

export interface PurposeChoice {
  readonly id: string;
  readonly classes: readonly string[];
  readonly quote: string;
}

/** Who uses the page, and for which purposes they may look. */
export interface Known {
  readonly kind: 'KNOWN';
  readonly token: string | null;
  readonly actor: ActorKind;
  readonly id: string;
  readonly tenant: string;
  readonly purposes: readonly PurposeChoice[];
}

export type Standing =
  | { readonly kind: 'UNKNOWN' }
  | { readonly kind: 'STRANGER'; readonly complaint: string | null }
  | Known;

interface Situation {
  readonly viewer: { readonly kind: ActorKind; readonly id: string; readonly tenant: { readonly name: string } };
  readonly policy: { readonly purposes: readonly (PurposeChoice & { readonly enabled: boolean })[] };
}

const SITUATION = /* GraphQL */ `
  query Situation {
    viewer {
      kind
      id
      tenant {
        name
      }
    }
    policy {
      purposes {
        id
        classes
        enabled
        quote
      }
    }
  }
`;

/** Answering a person's request about their data is a purpose of the law's own, for those who answer such requests. */
const REQUEST: PurposeChoice = {
  id: 'DATA_SUBJECT_REQUEST',
  classes: [],
  quote: 'Answer a person who asks about their data (Art. 12, 15 and 20 GDPR).',
};

/** Asks the gateway who this is; nothing about anybody else is read. */
export async function readStanding(token: string | null): Promise<Standing> {
  const sender: Sender = { token, declaration: null };
  const answer = await ask(sender, { query: SITUATION });
  if (isStranger(answer)) return { kind: 'STRANGER', complaint: token === null ? null : 'The token is not good.' };
  if (answer.errors !== undefined) throw new Error(answer.errors[0]?.message);
  const { viewer, policy } = answer.data as Situation;
  const own = policy.purposes.filter(({ enabled }) => enabled);
  const answersRequests = viewer.kind === 'CONTROLLER_STAFF' || viewer.kind === 'PROCESSOR_STAFF';
  return {
    kind: 'KNOWN',
    token,
    actor: viewer.kind,
    id: viewer.id,
    tenant: viewer.tenant.name,
    purposes: answersRequests ? [REQUEST, ...own] : own,
  };
}
