import { fileNameOf } from '../../src/delivery/file-name.ts';
import type { Bundle } from '../gateway/requests.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { CopyText } from './copy-text.tsx';

/** How to see that a file is whole and was not changed. */
export function VerifyHelp({ bundle: { format, scope, sealed, createdAt } }: { readonly bundle: Bundle }) {
  const { t } = useSpeech();
  const { tenant } = useViewer();
  const file = fileNameOf({ tenantId: tenant.id, scope, format, sealed, madeAt: new Date(createdAt) });
  const keys = `${window.location.origin}/.well-known/jwks.json`;
  return (
    <details>
      <summary>{t('download.verify')}</summary>
      <p>{t('download.verifyText')}</p>
      <ol>
        <li>
          {t('download.verifySha')} <CopyText text={`openssl dgst -sha256 ${file}`} />
        </li>
        <li>
          {t('download.verifySign')}{' '}
          <CopyText text={`carryall verify ${file} --jwks ${keys}${sealed ? ' --passphrase-file FILE' : ''}`} />
        </li>
      </ol>
    </details>
  );
}
