import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { RefusalGround } from '../../src/generated/portal-documents/graphql.ts';
import type { AskError } from '../gateway/ask.ts';
import { useAct } from '../gateway/use-gateway.ts';
import type { StaffStep } from './staff-steps.ts';

const ApproveDocument = graphql(/* GraphQL */ `
  mutation Approve($id: ID!) {
    approveRequest(id: $id) {
      id
      status
    }
  }
`);
const RetryDocument = graphql(/* GraphQL */ `
  mutation BuildAgain($id: ID!) {
    retryRequest(id: $id) {
      id
      status
    }
  }
`);
const ForwardDocument = graphql(/* GraphQL */ `
  mutation Forward($id: ID!) {
    forwardRequest(id: $id) {
      id
      status
    }
  }
`);
const ExtendDocument = graphql(/* GraphQL */ `
  mutation Extend($id: ID!, $reason: String!) {
    extendRequest(id: $id, reason: $reason) {
      id
      status
      dueAt
    }
  }
`);
const AnswerDocument = graphql(/* GraphQL */ `
  mutation AnswerByHand($id: ID!, $answer: String!) {
    answerRequest(id: $id, answer: $answer) {
      id
      status
    }
  }
`);
const RefuseDocument = graphql(/* GraphQL */ `
  mutation Refuse($id: ID!, $ground: RefusalGround!, $answer: String!) {
    refuseRequest(id: $id, ground: $ground, answer: $answer) {
      id
      status
    }
  }
`);

export interface Decision {
  readonly step: StaffStep;
  /** What the person is told, where the step has words. */
  readonly words: string;
  readonly ground: RefusalGround;
}

interface Decide {
  readonly decide: (decision: Decision) => void;
  readonly error: AskError | null;
  readonly isPending: boolean;
}

/** Takes decisions on one request; `onDone` hears when one was taken. */
export function useDecide(id: string, onDone: () => void): Decide {
  const approve = useAct(ApproveDocument);
  const retry = useAct(RetryDocument);
  const forward = useAct(ForwardDocument);
  const extend = useAct(ExtendDocument);
  const answer = useAct(AnswerDocument);
  const refuse = useAct(RefuseDocument);
  const all = [approve, retry, forward, extend, answer, refuse];
  const decide = ({ step, words, ground }: Decision): void => {
    switch (step) {
      case 'APPROVE':
        return approve.mutate({ id }, { onSuccess: onDone });
      case 'RETRY':
        return retry.mutate({ id }, { onSuccess: onDone });
      case 'FORWARD':
        return forward.mutate({ id }, { onSuccess: onDone });
      case 'EXTEND':
        return extend.mutate({ id, reason: words }, { onSuccess: onDone });
      case 'ANSWER':
        return answer.mutate({ id, answer: words }, { onSuccess: onDone });
      case 'REFUSE':
        return refuse.mutate({ id, ground, answer: words }, { onSuccess: onDone });
      default:
        return step satisfies never;
    }
  };
  return {
    decide,
    error: all.find(({ error }) => error !== null)?.error ?? null,
    isPending: all.some(({ isPending }) => isPending),
  };
}
