import { graphql } from '../../src/generated/portal-documents/gql.ts';

/** Files a request of the person who is signed in. */
export const FileDocument = graphql(/* GraphQL */ `
  mutation File(
    $right: String!
    $format: String
    $language: String
    $passphrase: String
    $details: String
    $idempotencyKey: String!
  ) {
    fileRequest(
      right: $right
      format: $format
      language: $language
      passphrase: $passphrase
      details: $details
      idempotencyKey: $idempotencyKey
    ) {
      id
      status
    }
  }
`);
