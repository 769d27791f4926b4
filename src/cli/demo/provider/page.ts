import type { Persona } from './personas.ts';

const STYLE = `
  :root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
  main { max-width: 34rem; margin: 2rem auto; padding: 0 1rem; }
  ul { list-style: none; padding: 0; }
  li { margin: 0 0 1rem; }
  button { font: inherit; text-align: start; width: 100%; padding: 0.75rem 1rem; cursor: pointer; }
  strong, span { display: block; }
`;

/** The page of a list of personas, each a button. */
export function personaPage(personas: readonly Persona[], action: string): string {
  const choices = personas.map(
    ({ id, name, kind, tenant, about }) => `<li><button name="persona" value="${escapeHtml(id)}">
<strong>${escapeHtml(name)}</strong>
<span>${escapeHtml(kind.toLowerCase().replaceAll('_', ' '))} of ${escapeHtml(tenant)}: ${escapeHtml(about)}</span>
</button></li>`,
  );
  return page(
    'Sign in to the demo',
    `<p>This provider is the demo's own. Nobody here has a password: choose who you are.</p>
<form method="post" action="${escapeHtml(action)}">
<ul>
${choices.join('\n')}
</ul>
</form>`,
  );
}

/** The page that asks whether to sign out; `form` is the provider's, without a button. */
export function signOutPage(form: string): string {
  return page(
    'Sign out of the demo',
    `<p>You have left Carryall. Leave the demo's provider as well, so that you can come back as somebody else?</p>
${form}
<p><button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button></p>`,
  );
}

/** A page of a heading and what goes below it, which must be HTML already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
