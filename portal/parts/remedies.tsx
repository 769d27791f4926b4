import type { Request } from '../gateway/requests.ts';

interface RemediesProps {
  readonly remedies: Request['remedies'];
  /** The language of the request, in which they are told. */
  readonly language: string | null;
}

/** What one can do about a refusal: complain, and go to court. */
export function Remedies({ remedies: { complaint, court, authority, website }, language }: RemediesProps) {
  return (
    <>
      <p lang={language ?? undefined}>{complaint}</p>
      {authority !== null && <p>{website === null ? authority : <a href={website}>{authority}</a>}</p>}
      <p lang={language ?? undefined}>{court}</p>
    </>
  );
}
