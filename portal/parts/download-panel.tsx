import { useId } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import { MOVING, type Bundle, type Request } from '../gateway/requests.ts';
import { useAct } from '../gateway/use-gateway.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { CopyText } from './copy-text.tsx';
import { Downloads } from './downloads.tsx';
import { Failure } from './failure.tsx';
import { VerifyHelp } from './verify-help.tsx';

const CreateLinkDocument = graphql(/* GraphQL */ `
  mutation CreateLink($request: ID!) {
    createDownloadLink(request: $request) {
      id
    }
  }
`);

const RevokeLinkDocument = graphql(/* GraphQL */ `
  mutation RevokeLink($id: ID!) {
    revokeDownloadLink(id: $id) {
      id
      revokedAt
    }
  }
`);

interface DownloadPanelProps {
  readonly request: Request;
  readonly bundle: Bundle;
}

/** The finished copy: how large, its digest, a link to fetch it, and how to check it. */
export function DownloadPanel({ request, bundle }: DownloadPanelProps) {
  const { t, bytes, date, moment } = useSpeech();
  const id = useId();
  const create = useAct(CreateLinkDocument);
  const revoke = useAct(RevokeLinkDocument);
  const link = bundle.links.find(({ isGood, url }) => isGood && url !== null) ?? null;
  if (bundle.status !== 'READY') return <Gone request={request} bundle={bundle} />;
  return (
    <section aria-labelledby={id} className="panel panel-good">
      <h2 id={id}>{t('download.title')}</h2>
      {bundle.expiresAt !== null && <p className="quiet">{t('download.until', { date: date(bundle.expiresAt) })}</p>}
      <dl className="facts">
        {bundle.bytes !== null && (
          <div>
            <dt>{t('download.size')}</dt>
            <dd>
              {bytes(bundle.bytes)}, {bundle.format}
              {bundle.sealed && <span className="line">{t('download.locked')}</span>}
            </dd>
          </div>
        )}
        {bundle.sha256 !== null && (
          <div className="wide">
            <dt>{t('download.sha')}</dt>
            <dd>
              <CopyText text={bundle.sha256} />
            </dd>
          </div>
        )}
      </dl>
      <div className="actions">
        {link === null ? (
          <button
            type="button"
            className="button-main"
            aria-disabled={create.isPending}
            onClick={() => {
              if (!create.isPending) create.mutate({ request: request.id });
            }}
          >
            {t(create.isPending ? 'download.making' : 'download.link')}
          </button>
        ) : (
          <>
            <a className="button button-main" href={link.url ?? ''}>
              {t('download.open')}
            </a>
            <button
              type="button"
              aria-disabled={revoke.isPending}
              onClick={() => {
                if (!revoke.isPending) revoke.mutate({ id: link.id });
              }}
            >
              {t('download.revoke')}
            </button>
          </>
        )}
      </div>
      <p role="status" className="quiet">
        {link !== null && t('download.linkText', { date: moment(link.expiresAt) })}
        {link === null && revoke.isSuccess && t('download.revoked')}
      </p>
      {create.error !== null && <Failure error={create.error} />}
      {revoke.error !== null && <Failure error={revoke.error} />}
      <Downloads downloads={bundle.downloads} />
      <VerifyHelp bundle={bundle} />
    </section>
  );
}

/** A copy that is not handed out any more: why, and what one can do. */
function Gone({ request, bundle: { status, recalledAt, downloads } }: DownloadPanelProps) {
  const { t, date } = useSpeech();
  const { tenant } = useViewer();
  if (status === 'EXPIRED') return <p className="note">{t('download.expired')}</p>;
  if (status !== 'RECALLED')
    return MOVING.has(request.status) && <p className="note note-warn">{t('download.damaged')}</p>;
  const values = { date: date(recalledAt), operator: tenant.name };
  return (
    <section className="note note-warn" aria-label={t('download.recalledTitle')}>
      <h2>{t('download.recalledTitle')}</h2>
      <p>{t('download.recalled', values)}</p>
      {downloads.length > 0 && <p>{t('download.recalledDelete')}</p>}
      <p>{t('download.recalledNext', values)}</p>
      {tenant.contact !== null && (
        <p>
          {t('about.contact')}: <a href={`mailto:${tenant.contact}`}>{tenant.contact}</a>
        </p>
      )}
    </section>
  );
}
