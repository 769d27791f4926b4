import { useState } from 'react';
import { Route, Switch } from 'wouter';
import type { Declaration } from '../gateway/ask.ts';
import { DeclarationContext } from '../gateway/use-gateway.ts';
import { About } from '../pages/about.tsx';
import { NotFound } from '../pages/not-found.tsx';
import { Frame } from '../parts/frame.tsx';
import { DeclarationBanner } from './declaration-banner.tsx';
import { DeclarationForm } from './declaration-form.tsx';
import { declaredBefore, keepDeclared } from './declared.ts';
import { Queue } from './queue.tsx';
import { WorkPage } from './work-page.tsx';

/** The pages of privacy staff, who first say why they look. */
export function StaffRoutes() {
  const [declaration, setDeclaration] = useState<Declaration | null>(declaredBefore);
  const [isChanging, setChanging] = useState(false);
  const declare = (made: Declaration): void => {
    keepDeclared(made);
    setDeclaration(made);
    setChanging(false);
  };
  if (declaration === null || isChanging)
    return (
      <Frame places={['queue']}>
        <DeclarationForm before={declaration} onDeclared={declare} />
      </Frame>
    );
  return (
    <DeclarationContext value={declaration}>
      <Frame
        places={['queue', 'about']}
        banner={<DeclarationBanner declaration={declaration} onChange={() => setChanging(true)} />}
      >
        <Switch>
          <Route path="/" component={Queue} />
          <Route path="/queue" component={Queue} />
          <Route path="/queue/:id">{({ id }) => <WorkPage key={id} id={id} />}</Route>
          <Route path="/about" component={About} />
          <Route component={NotFound} />
        </Switch>
      </Frame>
    </DeclarationContext>
  );
}
