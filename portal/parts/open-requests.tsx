import { isOpen } from '../../src/requests/states.ts';
import { isAnyMoving, RequestsDocument, statusOf } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { RequestList } from './request-list.tsx';

/** What the person has asked for and can fetch or must wait for. */
export function OpenRequests() {
  const { t } = useSpeech();
  const { data } = useAnswer(RequestsDocument, {}, isAnyMoving);
  const open = (data?.data.viewer.subject?.requests ?? []).filter(
    ({ status }) => isOpen(statusOf(status)) || status === 'READY',
  );
  return <RequestList title={t('overview.openRequests')} requests={open} />;
}
