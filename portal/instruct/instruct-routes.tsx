import { Route, Switch } from 'wouter';
import { About } from '../pages/about.tsx';
import { NotFound } from '../pages/not-found.tsx';
import { Frame } from '../parts/frame.tsx';
import { InstructPage } from './instruct-page.tsx';

/** The pages of those who speak for a controller: its own staff, and administrators who have its word in writing. */
export function InstructRoutes() {
  return (
    <Frame places={['instructions', 'about']}>
      <Switch>
        <Route path="/" component={InstructPage} />
        <Route path="/instructions" component={InstructPage} />
        {/* Where the mail that an instruction is wanted leads; the request itself is not theirs to see. */}
        <Route path="/queue/:id">{() => <InstructPage />}</Route>
        <Route path="/about" component={About} />
        <Route component={NotFound} />
      </Switch>
    </Frame>
  );
}
