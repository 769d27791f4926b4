import { createContext, use } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { ViewerQuery } from '../../src/generated/portal-documents/graphql.ts';

/** Who looks, and at whose data. */
export const ViewerDocument = graphql(/* GraphQL */ `
  query Viewer {
    viewer {
      id
      kind
      organisationId
      tenant {
        id
        name
        country
        contact
      }
      subject {
        id
        account {
          fullName
          firstName
          email
          preferredLanguage
        }
      }
    }
  }
`);

export type Viewer = ViewerQuery['viewer'];

export const ViewerContext = createContext<Viewer | null>(null);

/** Who is signed in. Throws TypeError where nobody is. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (viewer === null) throw new TypeError('Nobody is signed in');
  return viewer;
}
