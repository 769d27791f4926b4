import { Link } from 'wouter';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Empty } from '../parts/empty.tsx';
import { Holdings } from '../parts/holdings.tsx';
import { OpenRequests } from '../parts/open-requests.tsx';
import { Page } from '../parts/page.tsx';
import { Purposes } from '../parts/purposes.tsx';
import { Recipients } from '../parts/recipients.tsx';
import { Tiles } from '../parts/tiles.tsx';

const OverviewDocument = graphql(/* GraphQL */ `
  query Overview {
    viewer {
      subject {
        id
        holdings {
          dataset
          title
          relation
          count
          role
          onBehalfOf
          undeclared
          rules
          oldest
          newest
        }
      }
    }
  }
`);

/** What is held, by category: how much, in which role, for how long; and why, and who receives it. */
export function Overview() {
  const { t } = useSpeech();
  const { tenant } = useViewer();
  const overview = useAnswer(OverviewDocument, {});
  const policy = useAnswer(PolicyDocument, {});
  return (
    <Page
      title={t('overview.title')}
      lead={t('overview.lead', { operator: tenant.name })}
      actions={
        <Link href="/copy" className="button button-main">
          {t('overview.copy')}
        </Link>
      }
    >
      <OpenRequests />
      <Answer of={overview} lines={8}>
        {({ viewer }) => {
          const holdings = (viewer.subject?.holdings ?? []).filter(({ count }) => count !== 0);
          if (holdings.length === 0)
            return (
              <Empty title={t('overview.empty')}>
                <p>{t('overview.emptyText', { operator: tenant.name })}</p>
              </Empty>
            );
          const own = holdings.filter(({ role }) => role === 'CONTROLLER');
          const others = holdings.filter(({ role }) => role === 'PROCESSOR');
          return (
            <>
              <Tiles holdings={holdings} />
              <Holdings
                title={t('overview.controller', { operator: tenant.name })}
                text={t('overview.controllerText', { operator: tenant.name })}
                holdings={own}
              />
              <Holdings
                title={t('overview.processor', { operator: tenant.name })}
                text={t('overview.processorText', { operator: tenant.name })}
                holdings={others}
              />
            </>
          );
        }}
      </Answer>
      <Answer of={policy}>
        {({ policy: told }) => (
          <>
            <Purposes purposes={told.purposes} />
            <Recipients recipients={told.recipients} />
          </>
        )}
      </Answer>
    </Page>
  );
}
