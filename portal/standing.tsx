import { useEffect } from 'react';
import { useRoute } from 'wouter';
import { useAnswer } from './gateway/use-gateway.ts';
import { keepOperator, SIGN_IN_PATH } from './gateway/ways-in.ts';
import { ViewerContext, ViewerDocument } from './gateway/viewer.ts';
import { useLanguageChoice } from './language/speech-provider.tsx';
import { InstructRoutes } from './instruct/instruct-routes.tsx';
import { Loading } from './parts/loading.tsx';
import { Failure } from './parts/failure.tsx';
import { Frame } from './parts/frame.tsx';
import { Routes } from './routes.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { StaffRoutes } from './staff/staff-routes.tsx';
import { StaffOnly } from './pages/staff-only.tsx';

/** Who is here: a stranger signs in, a person sees their data, privacy staff the requests, a controller's what is asked of it. */
export function Standing() {
  const { data, error, refetch } = useAnswer(ViewerDocument, {});
  const { prefer } = useLanguageChoice();
  // Also for whoever is signed in: some things want a fresh proof of who one is.
  const [isSigningIn] = useRoute(SIGN_IN_PATH);
  const viewer = data?.data.viewer ?? null;
  const operator = viewer?.tenant.id ?? null;
  const tag = viewer?.subject?.account?.preferredLanguage ?? null;
  useEffect(() => {
    if (tag !== null) prefer(tag);
  }, [tag, prefer]);
  useEffect(() => {
    if (operator !== null) keepOperator(operator);
  }, [operator]);
  if (isSigningIn || error?.code === 'UNAUTHENTICATED') return <SignIn />;
  if (viewer === null)
    return (
      <div className="alone">
        {error === null ? <Loading /> : <Failure error={error} again={() => void refetch()} />}
      </div>
    );
  return (
    <ViewerContext value={viewer}>
      {viewer.kind === 'SUBJECT' ? (
        <Frame places={['overview', 'copy', 'requests', 'rights', 'looks', 'about']}>
          <Routes />
        </Frame>
      ) : viewer.kind === 'ADMINISTRATOR' || viewer.organisationId !== null ? (
        <InstructRoutes />
      ) : viewer.kind === 'CONTROLLER_STAFF' ? (
        <StaffRoutes />
      ) : (
        <Frame places={[]}>
          <StaffOnly />
        </Frame>
      )}
    </ViewerContext>
  );
}
