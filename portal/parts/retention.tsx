import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { retentionText } from '../language/retention-text.ts';
import { useSpeech } from '../language/speech.ts';

interface RetentionProps {
  /** Ids of rules of the policy. */
  readonly rules: readonly string[];
  readonly title?: string;
}

/** How long something is kept, by the rules of the policy. */
export function Retention({ rules, title }: RetentionProps) {
  const speech = useSpeech();
  const { data } = useAnswer(PolicyDocument, {});
  const named = (data?.data.policy.retention ?? []).filter(({ id }) => rules.includes(id));
  if (named.length === 0) return null;
  return (
    <>
      {title !== undefined && <p className="quiet">{title}</p>}
      {[...new Set(named.map((rule) => retentionText(speech, rule)))].map((text) => (
        <p key={text}>{text}</p>
      ))}
    </>
  );
}
