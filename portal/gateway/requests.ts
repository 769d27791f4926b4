import { REQUEST_STATUSES, type RequestStatus } from '../../src/requests/states.ts';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { RequestQuery, RequestsQuery } from '../../src/generated/portal-documents/graphql.ts';

/** The requests of the person, the newest first. */
export const RequestsDocument = graphql(/* GraphQL */ `
  query Requests {
    viewer {
      subject {
        id
        requests {
          id
          right
          status
          receivedAt
          dueAt
          extendedAt
          closedAt
        }
      }
    }
  }
`);

/** One request, with all that happened to it. */
export const RequestDocument = graphql(/* GraphQL */ `
  query Request($id: ID!) {
    request(id: $id) {
      id
      subjectId
      right
      relation
      status
      channel
      receivedAt
      dueAt
      extendedAt
      extensionReason
      heldUntil
      refusalGround
      answer
      details
      format
      language
      closedAt
      attempt
      failureCode
      remedies {
        authority
        website
        complaint
        court
      }
      canCancel
      canRetry
      steps {
        id
        at
        step
        to
        actorKind
      }
      decisions {
        id
        role
        relation
        outcome
        party
        items
        review
        reviewedAt
      }
      bundle {
        id
        status
        format
        scope
        bytes
        sha256
        sealed
        createdAt
        expiresAt
        recalledAt
        links {
          id
          url
          expiresAt
          isGood
        }
        downloads {
          id
          startedAt
          completedAt
          network
          sentBytes
          outcome
        }
      }
      transmissions {
        id
        recipient
        status
        sha256
        bytes
        sentBytes
        createdAt
        closedAt
        receipt
        failureCode
      }
      progress {
        stage
        rows
        expectedRows
        bytes
        attempt
      }
    }
  }
`);

export type Request = NonNullable<RequestQuery['request']>;
export type Decision = NonNullable<Request['decisions']>[number];
export type Bundle = NonNullable<Request['bundle']>;
export type Transmission = Request['transmissions'][number];
export type Step = NonNullable<Request['steps']>[number];

/** A status as the gateway writes it. Throws TypeError for a word that is none. */
export function statusOf(word: string): RequestStatus {
  const status = REQUEST_STATUSES.find((each) => each === word);
  if (status === undefined) throw new TypeError(`No status of a request: ${word}`);
  return status;
}

/** While a request is here, its copy comes without anybody's doing. */
export const MOVING: ReadonlySet<string> = new Set(['RECEIVED', 'APPROVED', 'BUILDING'] satisfies RequestStatus[]);

/** Whether one of the person's requests goes on by itself. */
export function isAnyMoving({ viewer }: RequestsQuery): boolean {
  return viewer.subject?.requests?.some(({ status }) => MOVING.has(status)) ?? false;
}

/** Whether a request changes by itself: its copy is made, or is being sent. */
export function isMoving(told: RequestQuery): boolean {
  return MOVING.has(told.request?.status ?? '') || isOnItsWay(told);
}

/** Whether something of a request is being sent to another controller at this moment. */
export function isOnItsWay({ request }: RequestQuery): boolean {
  return request?.transmissions.some(({ status }) => isUnderWay(status)) ?? false;
}

/** Whether a transmission has not ended. */
export function isUnderWay(status: string): boolean {
  return status === 'BUILDING' || status === 'SENDING';
}
