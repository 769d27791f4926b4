import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { Declaration } from './ask.ts';
import { DeclarationForm } from './declaration-form.tsx';
import { declaredBefore, forgetDeclared, keepDeclared } from './declared.ts';
import { SignIn } from './sign-in.tsx';
import { readStanding, type Standing } from './standing.ts';
import { TopBar } from './top-bar.tsx';

// The editor is large, and of no use before a purpose is given.
const Editor = lazy(() => import('./editor.tsx').then((module) => ({ default: module.Editor })));

/** The page: who you are, why you look, and only then the editor. */
export function App({ signInUrl }: { readonly signInUrl: string | null }) {
  const [standing, setStanding] = useState<Standing>({ kind: 'UNKNOWN' });
  const [declaration, setDeclaration] = useState<Declaration | null>(null);
  const [changing, setChanging] = useState(false);
  const enter = useCallback(async (token: string | null) => {
    const read = await readStanding(token).catch((): Standing => ({
      kind: 'STRANGER',
      complaint: 'The gateway does not answer.',
    }));
    setStanding(read);
    const before = declaredBefore();
    if (read.kind === 'KNOWN' && before !== null && read.purposes.some(({ id }) => id === before.purpose))
      setDeclaration(before);
  }, []);
  useEffect(() => void enter(null), [enter]);

  if (standing.kind === 'UNKNOWN') return <p className="loading">Asking who you are …</p>;
  if (standing.kind === 'STRANGER')
    return <SignIn url={signInUrl} complaint={standing.complaint} onToken={(token) => void enter(token)} />;
  const declare = (made: Declaration): void => {
    keepDeclared(made);
    setDeclaration(made);
    setChanging(false);
  };
  const leave = (): void => {
    forgetDeclared();
    setDeclaration(null);
    setStanding({ kind: 'STRANGER', complaint: 'You are signed out.' });
  };
  const asking = declaration === null || changing;
  return (
    <>
      <TopBar
        known={standing}
        declaration={asking ? null : declaration}
        onChange={() => setChanging(true)}
        onLeft={leave}
        canSignOut={signInUrl !== null && standing.token === null}
      />
      {asking && (
        <DeclarationForm
          purposes={standing.purposes}
          before={declaration}
          onDeclared={declare}
          onCancelled={declaration === null ? null : () => setChanging(false)}
        />
      )}
      {declaration !== null && (
        <main className="work" hidden={asking}>
          <Suspense fallback={<p className="loading">Loading the editor …</p>}>
            <Editor known={standing} declaration={declaration} onStranger={leave} />
          </Suspense>
        </main>
      )}
    </>
  );
}
