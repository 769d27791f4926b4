import { useSpeech } from '../language/speech.ts';
import { CopyText } from './copy-text.tsx';

/** How to see that a file is whole and was not changed. */
export function VerifyHelp({ format, sealed }: { readonly format: string; readonly sealed: boolean }) {
  const { t } = useSpeech();
  const file = `${format === 'ZIP' ? 'bundle.zip' : 'bundle.json'}${sealed ? '.age' : ''}`;
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
