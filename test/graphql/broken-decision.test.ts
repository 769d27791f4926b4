import { expect, test } from 'vitest';
import { openGateway } from './open-gateway.ts';
import { addPerson, privacyStaff, supportAgent } from './people.ts';

// What decides who sees what is asked of these tables while a request runs.
test.each(['access_grant', 'processing_instruction'])(
  'A-29: when %s cannot be read, the person is not shown, the client is told nothing of why, and the operator is',
  async (table) => {
    const faults: unknown[] = [];
    await using at = await openGateway({ onFault: (error) => faults.push(error) });
    await addPerson(at.prisma, 'ct', 'una');
    const query = '{ subject(id: "una") { account { email } } }';
    await at.pool.query(`ALTER TABLE ${table} RENAME TO gone`);
    for (const actor of [supportAgent('ct'), privacyStaff('ct')]) {
      const answer = await at.ask(actor, query, { purpose: actor.kind === 'SUPPORT_AGENT' ? 'SUPPORT' : 'SERVICE' });
      expect(JSON.stringify(answer)).not.toMatch(/una@|gone|relation|access_grant|processing_instruction/);
      expect(answer.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['INTERNAL']);
    }
    expect(faults.length).toBeGreaterThan(0);
  },
);
