import { pathText, type PrivacyReport } from './privacy-report.ts';
import { REASONS } from './reasons.ts';

interface ReportPanelProps {
  /** Null before the first query. */
  readonly report: PrivacyReport | null;
  /** The names of items, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

/** Beside the result: what of it was masked or held back, and why. */
export function ReportPanel({ report, names }: ReportPanelProps) {
  const told = report ?? { nulls: [], masked: [], thirdParty: [], cut: [] };
  return (
    <section className="report" aria-label="Masked and withheld" tabIndex={0}>
      <p role="status">{summaryOf(report)}</p>
      {told.nulls.length + told.masked.length + told.thirdParty.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Value</th>
              <th scope="col">Item</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {absentLast(told.nulls).map(({ path, item, reason }) => (
              <tr key={`${path.join('.')} ${item}`} className={reason === ABSENT ? 'absent' : 'withheld'}>
                <th scope="row">{pathText(path)}</th>
                <td>{item === null ? '' : <ItemName id={item} names={names} />}</td>
                <td>
                  <code>{reason}</code> {REASONS[reason].what} {REASONS[reason].wayOut}
                </td>
              </tr>
            ))}
            {told.masked.map(({ path, item }) => (
              <tr key={path.join('.')} className="masked">
                <th scope="row">{pathText(path)}</th>
                <td>
                  <ItemName id={item} names={names} />
                </td>
                <td>
                  <code>MASKED</code> Your role gets it in a mask.
                </td>
              </tr>
            ))}
            {told.thirdParty.map(({ path, item }) => (
              <tr key={path.join('.')} className="third-party">
                <th scope="row">{pathText(path)}</th>
                <td>
                  <ItemName id={item} names={names} />
                </td>
                <td>
                  <code>THIRD_PARTY</code> It may be about somebody else.
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {told.cut.map(({ path, limit, see }) => (
        <p key={path.join('.')}>
          {pathText(path)} was cut after {limit} rows; all of them are in {see}.
        </p>
      ))}
    </section>
  );
}

/** What is not there is no refusal, and nobody looks for it first. */
const ABSENT = 'NOT_COLLECTED';

function absentLast(nulls: PrivacyReport['nulls']): PrivacyReport['nulls'] {
  const isAbsent = ({ reason }: PrivacyReport['nulls'][number]): boolean => reason === ABSENT;
  return [...nulls.filter((note) => !isAbsent(note)), ...nulls.filter(isAbsent)];
}

function ItemName({ id, names }: { readonly id: string; readonly names: ReadonlyMap<string, string> }) {
  return (
    <>
      {id} <span className="name">{names.get(id) ?? ''}</span>
    </>
  );
}

function summaryOf(report: PrivacyReport | null): string {
  if (report === null) return 'What is masked or withheld in a result is listed here.';
  const { nulls, masked, thirdParty } = report;
  const absent = nulls.filter(({ reason }) => reason === ABSENT).length;
  const counts = [
    [nulls.length - absent, 'withheld'],
    [masked.length, 'masked'],
    [absent, 'not there'],
    [thirdParty.length, 'maybe about somebody else'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? 'Nothing was masked or withheld.' : `${told.join(', ')}.`;
}
