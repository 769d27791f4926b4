import { useState } from 'react';
import { useLocation } from 'wouter';
import { useSpeech } from '../language/speech.ts';
import { CopyForm, type CopyWish } from '../parts/copy-form.tsx';
import { Page } from '../parts/page.tsx';
import { FileDocument } from '../gateway/file.ts';
import { useAct } from '../gateway/use-gateway.ts';

/** Asking for a copy: what, in which form, in which language, locked or not. */
export function Copy() {
  const { t } = useSpeech();
  const file = useAct(FileDocument);
  const [, navigate] = useLocation();
  // One key for each right and visit: whoever presses twice asks once.
  const [key] = useState(() => crypto.randomUUID());
  const submit = async ({ what, format, language, passphrase }: CopyWish): Promise<void> => {
    const rights = what === 'BOTH' ? (['ACCESS', 'PORTABILITY'] as const) : [what];
    let last = '';
    for (const right of rights) {
      const idempotencyKey = `${key}-${right}`;
      const { data } = await file.mutateAsync({ right, format, language, passphrase, details: null, idempotencyKey });
      last = data.fileRequest?.id ?? '';
    }
    navigate(rights.length === 1 ? `/requests/${last}` : '/requests');
  };
  return (
    <Page title={t('copy.title')} lead={t('copy.lead')}>
      <CopyForm isSending={file.isPending} error={file.error} onSubmit={(wish) => void submit(wish).catch(() => {})} />
    </Page>
  );
}
