import type { ActorKind } from '../../../access/actor.ts';

/** Somebody of the demo, as whom anybody may sign in. */
export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly kind: ActorKind;
  readonly tenant: string;
  /** A subject is found by it. */
  readonly email?: string;
  /** Of controller staff: the customer of the operator for whom they act; without it they are the operator's own. */
  readonly organisation?: string;
  /** What they would come here for. */
  readonly about: string;
}

/** One persona of every kind of person at a tenant, whose subject has this e-mail address. */
export function personasOf(tenant: string, subjectEmail: string): readonly Persona[] {
  return [
    {
      id: 'sanne',
      name: 'The customer',
      kind: 'SUBJECT',
      tenant,
      email: subjectEmail,
      about: 'asks what is held about them, and takes it along',
    },
    {
      id: 'sam',
      name: 'Sam Support',
      kind: 'SUPPORT_AGENT',
      tenant,
      about: 'answers a ticket, and sees most of it masked',
    },
    { id: 'petra', name: 'Petra Privacy', kind: 'CONTROLLER_STAFF', tenant, about: 'decides on requests' },
    {
      id: 'paul',
      name: 'Paul Processor',
      kind: 'PROCESSOR_STAFF',
      tenant,
      about: 'works for the controller, as instructed',
    },
    { id: 'anna', name: 'Anna Auditor', kind: 'AUDITOR', tenant, about: 'reads who looked at what, and no data' },
    {
      id: 'adam',
      name: 'Adam Administrator',
      kind: 'ADMINISTRATOR',
      tenant,
      about: 'runs the gateway, and makes keys',
    },
  ];
}
