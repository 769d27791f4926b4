import { graphql } from '../../src/generated/portal-documents/gql.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Failure } from '../parts/failure.tsx';

const WhomDocument = graphql(/* GraphQL */ `
  query Whom($id: ID!) {
    subject(id: $id) {
      id
      account {
        fullName
        firstName
        lastName
        email
      }
    }
  }
`);

/** Whom a request is about, as far as staff are shown it: to answer for the right person, and to find them elsewhere. */
export function Whom({ subject: id }: { readonly subject: string }) {
  const { t } = useSpeech();
  const { data, error } = useAnswer(WhomDocument, { id });
  if (error !== null) return <Failure error={error} />;
  const subject = data?.data.subject;
  if (subject == null) return null;
  const { fullName, firstName, lastName, email } = subject.account ?? {};
  const name = fullName ?? [firstName, lastName].filter((each) => each != null).join(' ');
  return (
    <dl className="facts panel">
      <div>
        <dt>{t('work.whom')}</dt>
        <dd>
          {name !== '' && <span className="line">{name}</span>}
          {email != null && <span className="line">{email}</span>}
          <code>{subject.id}</code>
        </dd>
      </div>
    </dl>
  );
}
