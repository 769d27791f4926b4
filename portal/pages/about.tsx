import { policyHeader } from '../gateway/policy-header.ts';
import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Page } from '../parts/page.tsx';
import { RetentionRules } from '../parts/retention-rules.tsx';

/** Who is responsible, where to ask, where to complain, and what the policy says of time. */
export function About() {
  const { t, country } = useSpeech();
  const { tenant } = useViewer();
  const answer = useAnswer(PolicyDocument, {});
  return (
    <Page title={t('about.title')} lead={t('about.lead')}>
      <Answer of={answer} lines={6}>
        {({ policy }) => {
          const { controller, contact, authority } = policyHeader(policy.header);
          const address = contact.email ?? tenant.contact;
          return (
            <>
              <dl className="facts panel">
                <div>
                  <dt>{t('about.controller')}</dt>
                  <dd>
                    {controller.name ?? t('about.missing')}
                    {controller.country !== undefined && <span className="line">{country(controller.country)}</span>}
                    {controller.status === 'ASSUMED' && <span className="line quiet">{t('about.assumed')}</span>}
                  </dd>
                </div>
                <div>
                  <dt>{t('about.contact')}</dt>
                  <dd>
                    {address === null ? t('about.missing') : <a href={`mailto:${address}`}>{address}</a>}
                    {contact.postalAddress !== undefined && <span className="line">{contact.postalAddress}</span>}
                  </dd>
                </div>
                <div>
                  <dt>{t('about.policy')}</dt>
                  <dd>
                    {policy.name}
                    <span className="line quiet">{t('about.version', { version: policy.version })}</span>
                  </dd>
                </div>
                <div className="wide">
                  <dt>{t('about.authority')}</dt>
                  <dd>
                    <strong>{authority.name ?? t('about.authorityNone')}</strong>
                    <span className="line">{t('about.authorityText')}</span>
                  </dd>
                </div>
              </dl>
              <RetentionRules rules={policy.retention} />
            </>
          );
        }}
      </Answer>
      <p className="quiet">{t('about.portalText')}</p>
    </Page>
  );
}
