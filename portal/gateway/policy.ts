import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { PolicyQuery } from '../../src/generated/portal-documents/graphql.ts';

/** What the policy says, as far as the portal tells it. */
export const PolicyDocument = graphql(/* GraphQL */ `
  query Policy {
    policy {
      code
      name
      version
      header
      purposes {
        id
        quote
        enabled
      }
      recipients {
        id
        name
        named
        country
        safeguard
        dataShared
      }
      bases {
        id
        articles
        quote
        status
      }
      retention {
        id
        kind
        period
        trigger
        triggerStated
        max
        text
        quote
      }
      rights {
        right
        article
        clause
        quote
        stated
      }
      items {
        id
        item
        role {
          holder
        }
        purposes {
          id
        }
        recipients {
          id
        }
        bases {
          id
        }
      }
    }
  }
`);

export type Policy = PolicyQuery['policy'];
