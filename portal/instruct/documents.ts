import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { InstructionsQuery, WantedQuery } from '../../src/generated/portal-documents/graphql.ts';

/** What controllers are asked for; of one request, or of all. */
export const WantedDocument = graphql(/* GraphQL */ `
  query Wanted($request: ID) {
    instructionsWanted(request: $request) {
      requestId
      organisationId
      right
      status
      receivedAt
      dueAt
      items
    }
  }
`);

/** What a controller has instructed. */
export const InstructionsDocument = graphql(/* GraphQL */ `
  query Instructions($organisation: ID!) {
    instructions(organisation: $organisation) {
      id
      items
      purpose
      from
      until
      exportAllowed
      document
      recordedAt
      revokedAt
    }
  }
`);

export const RecordInstructionDocument = graphql(/* GraphQL */ `
  mutation RecordInstruction(
    $organisation: ID!
    $items: [String!]!
    $purpose: String!
    $from: DateTime!
    $until: DateTime
    $exportAllowed: Boolean!
    $document: String
  ) {
    recordInstruction(
      organisation: $organisation
      items: $items
      purpose: $purpose
      from: $from
      until: $until
      exportAllowed: $exportAllowed
      document: $document
    ) {
      id
    }
  }
`);

export const RevokeInstructionDocument = graphql(/* GraphQL */ `
  mutation RevokeInstruction($id: ID!) {
    revokeInstruction(id: $id) {
      id
      revokedAt
    }
  }
`);

export type Wanted = NonNullable<WantedQuery['instructionsWanted']>[number];
export type Instruction = NonNullable<InstructionsQuery['instructions']>[number];
