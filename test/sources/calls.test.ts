import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from './desk.ts';

const STAMPS = `caller_id_name,caller_id_number,destination_number,context,start_stamp,answer_stamp,end_stamp,duration,billsec,hangup_cause,uuid,bleg_uuid,accountcode
"Ada",0201234567,020 123 4599,default,2026-11-17 09:05:00,2026-11-17 09:05:06,2026-11-17 09:06:00,60,54,NORMAL_CLEARING,u-1,,1000
"Ada",0201234567,+442079460101,default,2026-11-17 09:10:00,,2026-11-17 09:10:30,30,0,ORIGINATOR_CANCEL,u-2,,1000
`;
const STATS = `switch,cdr_source_type,callid,caller_id_number,caller_id_name,destination_number,dialcode,state,channel,starting_date,duration,billsec,progresssec,answersec,waitsec,hangup_cause_id,hangup_cause,direction,country_code,accountcode,buy_rate,buy_cost,sell_rate,sell_cost,extradata
127.0.0.1,1,c-1,0201234567,Ada,+442079460101,44,,,2026-11-17 09:05:00,55,50,,,,16,,2,,1000,,,,,{}
`;
const ASTERISK_ROW = `"1000","0201234567","0201234599","from-internal","""Ada"" <0201234567>","PJSIP/1000-1","PJSIP/trunk-1","Dial","PJSIP/trunk,30","2026-11-17 09:05:00","2026-11-17 09:05:06","2026-11-17 09:06:00",60,54,"ANSWERED","DOCUMENTATION","1763370300.1",""
`;
const ASTERISK_HEADER =
  'accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,amaflags,uniqueid,userfield\n';
const TWILIO = `Call Sid,Account Sid,From,To,Status,Start Time,End Time,Duration,Direction
CA01,AC01,+31201234567,+442079460101,completed,"Tue, 17 Nov 2026 10:05:00 +0100",,54,outbound-api
CA02,AC01,+12025550143,+31201234567,no-answer,2026-11-17T09:30:00Z,,0,inbound
`;

describe('call detail records', () => {
  test.each([
    ['FreeSWITCH, mod_cdr_csv', STAMPS, 2],
    ['FreeSWITCH, CDR-Stats', STATS, 1],
    ['Asterisk without a header', ASTERISK_ROW, 1],
    ['Asterisk with a header', ASTERISK_HEADER + ASTERISK_ROW, 1],
    ['Twilio', TWILIO, 2],
    ['FreeSWITCH with CRLF and a byte order mark', `\uFEFF${STAMPS.replaceAll('\n', '\r\n')}`, 2],
  ])('are recognised: %s', async (_name, content, rows) => {
    await using desk = await openDesk();
    const report = await desk.take('cdr', 'calls.csv', content, { tenant: 'CR' });
    expect(report).toMatchObject({
      rows,
      badCount: 0,
      subjectsCreated: 1,
      byDataset: { 'call-records': { inserted: rows } },
    });
    const [call] = await desk.rows(
      'SELECT direction, calling_number, started_at FROM call_record ORDER BY started_at LIMIT 1',
    );
    expect(call).toEqual({
      direction: 'OUTBOUND',
      calling_number: '+31201234567',
      started_at: new Date('2026-11-17T09:05:00Z'),
    });
  });

  test("belong to the account code, or else to the number at the tenant's end", async () => {
    await using desk = await openDesk();
    await desk.take('cdr', 'a.csv', STAMPS);
    await desk.take('cdr', 'b.csv', TWILIO);
    expect(
      await desk.rows(
        'SELECT i.kind, i.value, count(*)::int FROM call_record c JOIN subject_identifier i ON i.subject_id = c.subject_id GROUP BY 1, 2 ORDER BY 1',
      ),
    ).toEqual([
      { kind: 'PHONE', value: '+31201234567', count: 2 },
      { kind: 'ACCOUNT_ID', value: '1000', count: 2 },
    ]);
  });

  test('fill the columns that the policy names, and count the others', async () => {
    await using desk = await openDesk();
    const reports = Object.fromEntries(
      await Promise.all(
        ['CP', 'CN', 'CR', 'CT'].map(
          async (tenant) => [tenant, await desk.take('cdr', `${tenant}.csv`, STAMPS, { tenant })] as const,
        ),
      ),
    );
    expect(
      await desk.rows(
        `SELECT tenant_id, calling_number, called_number, counterpart_number, duration_seconds, status FROM call_record WHERE duration_seconds IS NULL OR duration_seconds > 0 ORDER BY tenant_id, started_at`,
      ),
    ).toMatchSnapshot();
    expect(reports['CP']?.notNamedByPolicy).toEqual({ 'call-records.callingNumber': 2 });
    expect(reports['CN']?.notNamedByPolicy).toEqual({ 'call-records.durationSeconds': 2, 'call-records.status': 2 });
  });

  test('keep an extension out of the number columns, and say so', async () => {
    await using desk = await openDesk();
    const report = await desk.take('cdr', 'a.csv', STAMPS.replace('020 123 4599', '*97'));
    expect(report.unusable).toEqual({ 'call-records.calledNumber': 1 });
    expect(await desk.rows('SELECT FROM call_record WHERE called_number IS NULL')).toHaveLength(1);
  });

  test('of any other layout are read by a mapping file, in its time zone and country', async () => {
    await using desk = await openDesk();
    const mapping = join(desk.folder, 'mapping.yaml');
    await writeFile(
      mapping,
      'source: pbx\ndelimiter: ";"\ncountry: FR\ntimezone: Europe/Paris\nowner: account\ncolumns: { id: ref, account: who, called: to, startedAt: "Start Date", status: result }\nstatuses: { OK: ANSWERED }\n',
    );
    await desk.take('cdr', 'a.csv', 'ref;who;to;Start Date;result\n1;7;01 99 00 12 34;2026-07-01 10:00:00;OK\n', {
      mapping,
      tenant: 'CP',
    });
    expect(await desk.rows('SELECT called_number, started_at, status, source_system FROM call_record')).toEqual([
      {
        called_number: '+33199001234',
        started_at: new Date('2026-07-01T08:00:00Z'),
        status: 'ANSWERED',
        source_system: 'pbx',
      },
    ]);
  });

  test('tell all faults of a mapping file at once', async () => {
    await using desk = await openDesk();
    const mapping = join(desk.folder, 'mapping.yaml');
    await writeFile(
      mapping,
      'country: XX\ntimezone: Nowhere/Land\nowner: me\ncolumns: { id: ref, colour: red }\nbogus: 1\n',
    );
    const error = await desk.take('cdr', 'a.csv', 'ref\n1\n', { mapping }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BAD_INPUT' });
    expect((error as { faults: unknown[] }).faults.length).toBeGreaterThanOrEqual(4);
  });

  test('refuse an unknown header without telling what may be data', async () => {
    await using desk = await openDesk();
    const faults = await desk.refuse('cdr', 'a.csv', 'Ada Lovelace,0201234567,duration\n1,2,3\n');
    expect(faults).toEqual([
      { path: 'a.csv:1', reason: expect.stringMatching(/has 3 columns, of which duration are known.*Asterisk/) },
    ]);
    expect(JSON.stringify(faults)).not.toMatch(/Ada|Lovelace|0201234567/i);
  });

  test('name the line of a broken row, a NUL, bytes that are not UTF-8 and a bad time', async () => {
    await using desk = await openDesk();
    const head = 'uuid,caller_id_number,destination_number,start_stamp,billsec,hangup_cause,accountcode\n';
    const good = (id: string): string => `${id},0201234567,0201234599,2026-11-17 09:05:00,1,NORMAL_CLEARING,1000\n`;
    const content = Buffer.concat([
      Buffer.from(
        head +
          good('u-1') +
          'u-2,0201234567,short\n' +
          good('u-3\0') +
          good('u-4').replace('09:05', '29:05') +
          good('u-"5'),
      ),
      Buffer.from([0x75, 0xff]),
      Buffer.from(good('') + good('u-7') + '"u-8,never closed\n'),
    ]);
    const faults = await desk.refuse('cdr', 'a.csv', content);
    expect([...faults].sort((a, b) => (a.path < b.path ? -1 : 1))).toMatchSnapshot();
    expect(await desk.rows('SELECT FROM call_record')).toEqual([]);
    const report = await desk.take('cdr', 'a.csv', content, { skipBad: true });
    expect(report.byDataset['call-records']?.inserted).toBe(2);
  });
});
