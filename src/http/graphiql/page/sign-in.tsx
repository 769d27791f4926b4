import { useId, type FormEvent } from 'react';

interface SignInProps {
  /** Where people sign in; null where they come with a token. */
  readonly url: string | null;
  readonly complaint: string | null;
  readonly onToken: (token: string) => void;
}

/** For somebody whom the gateway does not know. */
export function SignIn({ url, complaint, onToken }: SignInProps) {
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string') onToken(token.trim());
  };
  return (
    <main className="card">
      <h1>Look-ups in Carryall</h1>
      <p role="status">{complaint ?? 'You are not signed in.'}</p>
      {url === null ? (
        <form onSubmit={submit}>
          <label htmlFor={id}>Token</label>
          <input id={id} name="token" type="password" autoComplete="off" required aria-describedby={`${id}-hint`} />
          <p id={`${id}-hint`} className="hint">
            From <code>carryall token</code>. It is kept in this page only, until it is closed or loaded again.
          </p>
          <button type="submit">Go on</button>
        </form>
      ) : (
        <a className="button" href={url}>
          Sign in
        </a>
      )}
    </main>
  );
}
