import type { ASTVisitor, ValidationContext } from 'graphql';
import type { Actor } from '../access/actor.ts';
import { refusal } from './errors.ts';

/** Who may read the schema, use GraphiQL, and get GraphQL's own messages, which name types and fields (G-04 to G-10). */
export function mayIntrospect({ kind }: Actor): boolean {
  switch (kind) {
    case 'CONTROLLER_STAFF':
    case 'SUPPORT_AGENT':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return true;
    case 'SUBJECT':
    case 'INTERNAL_APP':
    case 'PROCESSOR_STAFF':
      return false;
    default:
      return kind satisfies never;
  }
}

/** The validation rule for everybody else. Its name is a key of Yoga's cache of validations, as those of all rules are. */
export function IntrospectionRefused(context: ValidationContext): ASTVisitor {
  return {
    Field({ name }) {
      if (name.value !== '__schema' && name.value !== '__type') return;
      context.reportError(refusal('INTROSPECTION_REFUSED', 'The schema is told to staff only: no introspection.'));
    },
  };
}
