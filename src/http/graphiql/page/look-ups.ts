import type { Declaration } from './ask.ts';

/** One tab of the editor. */
export interface TabDefinition {
  readonly query: string;
  readonly variables: string;
}

const person = /* GraphQL */ `
    id
    account {
      fullName
      firstName
      lastName
      email
      phone
      status
    }
    identifiers {
      kind
      value
    }`;

const find = (name: string, note: string, identifier: string): TabDefinition => ({
  query: `# ${note}
# Type it into the variables below.
query ${name}($identifier: String!) {
  findSubjects(identifier: $identifier) {${person}
  }
}
`,
  variables: JSON.stringify({ identifier }, null, 2),
});

const of = (name: string, selection: string): TabDefinition => ({
  query: `# The id of the person comes from a look-up.
# Type it into the variables below.
query ${name}($person: ID!) {
  subject(id: $person) {
    ${selection}
  }
}
`,
  variables: JSON.stringify({ person: '' }, null, 2),
});

/** Look-ups that support agents do daily, and the wish for a grant: one for each tab. */
export function lookUps({ purpose, reason, ticket }: Declaration): readonly TabDefinition[] {
  const wish = {
    person: '',
    items: [''],
    purpose,
    reason: [ticket === '' ? '' : `ticket:${ticket}`, reason].join(' ').trim(),
    minutes: 30,
  };
  return [...LOOK_UPS, { query: ASK_FOR_GRANT, variables: JSON.stringify(wish, null, 2) }];
}

const ASK_FOR_GRANT = `# Where a value says GRANT_REQUIRED: ask for its item, and somebody else decides.
mutation AskForGrant($person: ID!, $items: [String!]!, $purpose: String!, $reason: String!, $minutes: Int!) {
  requestGrant(subject: $person, items: $items, purpose: $purpose, reason: $reason, minutes: $minutes) {
    id
    status
    items
    minutes
    expiresAt
  }
}
`;

const LOOK_UPS: readonly TabDefinition[] = [
  find('ByTelephone', 'A person by telephone number.', '+31 20 555 0123'),
  find('ByEmail', 'A person by e-mail address.', 'name@example.org'),
  find('ByAccount', 'A person by the id of an account or customer.', 'acc_0001'),
  of(
    'LastCalls',
    `calls(first: 10) {
      totalCount
      nodes {
        startedAt
        durationSeconds
        status
        direction
        calledNumber
        callingNumber
        recordings {
          id
          audio {
            held
            fileName
          }
        }
        transcripts {
          text
        }
      }
    }`,
  ),
  of(
    'Tickets',
    `tickets(first: 10) {
      nodes {
        subject
        status
        createdAt
        messages {
          sentAt
          authorKind
          body
        }
      }
    }`,
  ),
  of(
    'Licences',
    `licenseKeys {
      key
      type
      status
      expiresAt
    }
    activations {
      activatedAt
      status
    }`,
  ),
];
