import { useState } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { Request } from '../gateway/requests.ts';
import { useAct } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Dialog } from './dialog.tsx';
import { Failure } from './failure.tsx';

const CancelDocument = graphql(/* GraphQL */ `
  mutation Cancel($id: ID!) {
    cancelRequest(id: $id) {
      id
      status
    }
  }
`);

const RetryDocument = graphql(/* GraphQL */ `
  mutation Retry($id: ID!) {
    retryRequest(id: $id) {
      id
      status
    }
  }
`);

/** What the person can do about a request: take it back, or have it tried once more. */
export function RequestActions({ request: { id, canCancel, canRetry } }: { readonly request: Request }) {
  const { t } = useSpeech();
  const cancel = useAct(CancelDocument);
  const retry = useAct(RetryDocument);
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      {cancel.error !== null && <Failure error={cancel.error} />}
      {retry.error !== null && <Failure error={retry.error} />}
      {(canCancel || canRetry) && (
        <div className="actions">
          {canRetry && (
            <button
              type="button"
              className="button-main"
              aria-disabled={retry.isPending}
              onClick={() => {
                if (!retry.isPending) retry.mutate({ id });
              }}
            >
              {t('request.retry')}
            </button>
          )}
          {canCancel && (
            <button type="button" aria-disabled={cancel.isPending} onClick={() => setAsking(!cancel.isPending)}>
              {t('request.cancel')}
            </button>
          )}
        </div>
      )}
      {isAsking && (
        <Dialog title={t('request.cancel')} onClose={() => setAsking(false)}>
          <p>{t('request.cancelSure')}</p>
          <div className="actions">
            <button
              type="button"
              className="button-bad"
              onClick={() => {
                cancel.mutate({ id });
                setAsking(false);
              }}
            >
              {t('request.cancel')}
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              {t('request.cancelNo')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
