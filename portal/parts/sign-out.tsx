import { useSpeech } from '../language/speech.ts';

/** Ends the session here, then goes on to where the person is still signed in. */
export function SignOut() {
  const { t } = useSpeech();
  const leave = async (): Promise<void> => {
    const response = await fetch('/auth/sign-out', {
      method: 'POST',
      headers: { accept: 'application/json', 'x-carryall-csrf': '1' },
    });
    const { next } = (await response.json()) as { readonly next: string };
    sessionStorage.clear();
    window.location.assign(next);
  };
  return (
    <button type="button" className="plain" onClick={() => void leave()}>
      {t('app.signOut')}
    </button>
  );
}
