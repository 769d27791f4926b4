import { useSpeech } from '../language/speech.ts';

const TONES: Readonly<Record<string, string>> = {
  READY: 'good',
  DELIVERED: 'good',
  BUILDING: 'busy',
  APPROVED: 'busy',
  NEEDS_REVIEW: 'wait',
  INSTRUCTION_REQUIRED: 'wait',
  AWAITING_IDENTITY: 'wait',
  RECALLED: 'wait',
  FAILED: 'bad',
  REFUSED: 'bad',
};

/** The status of a request, in words; the colour only repeats them. */
export function Badge({ status }: { readonly status: string }) {
  const { named } = useSpeech();
  return <span className={`badge badge-${TONES[status] ?? 'plain'}`}>{named('status', status)}</span>;
}
