import { Route, Switch } from 'wouter';
import { About } from './pages/about.tsx';
import { Copy } from './pages/copy.tsx';
import { Dataset } from './pages/dataset.tsx';
import { Looks } from './pages/looks.tsx';
import { NotFound } from './pages/not-found.tsx';
import { Overview } from './pages/overview.tsx';
import { RequestPage } from './pages/request.tsx';
import { Requests } from './pages/requests.tsx';
import { Rights } from './pages/rights.tsx';

/** The pages of a person. */
export function Routes() {
  return (
    <Switch>
      <Route path="/" component={Overview} />
      <Route path="/data/:field">{({ field }) => <Dataset key={field} field={field} />}</Route>
      <Route path="/copy" component={Copy} />
      <Route path="/requests" component={Requests} />
      <Route path="/requests/:id">{({ id }) => <RequestPage key={id} id={id} />}</Route>
      <Route path="/rights" component={Rights} />
      <Route path="/looks" component={Looks} />
      <Route path="/about" component={About} />
      <Route component={NotFound} />
    </Switch>
  );
}
