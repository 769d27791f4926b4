/** The longest that a link may be good: keys that signed are kept as long. */
export const LONGEST_LINK_SECONDS = 7 * 24 * 3600;

/** What downloads may take, and how they are looked after. */
export interface DeliveryLimits {
  /** How long a link is good; never longer than its bundle. */
  readonly linkSeconds: number;
  /** How many links of a bundle may be good at a time. */
  readonly linksPerBundle: number;
  /** How long ago whoever downloads may have proved who they are. */
  readonly freshSeconds: number;
  /** How many bundles one process sends at a time (D-32). */
  readonly streams: number;
  /** A connection that is slower after `patienceMs` is ended, and may be gone on with. */
  readonly leastBytesASecond: number;
  readonly patienceMs: number;
  /** How often it is asked whether a connection may go on: what is revoked ends within twice that (D-13, X-17). */
  readonly watchMs: number;
  /** How long a connection counts as alive after its process was last heard of. */
  readonly leaseSeconds: number;
  /** How long somebody who comes while another connection sends waits for its end. */
  readonly waitMs: number;
  /** How long somebody who goes on waits before they take over from their own connection. */
  readonly takeOverMs: number;
  /** How long a link into S3 holds (D-33). */
  readonly redirectSeconds: number;
  /** How many wrong links within a minute raise an alarm (D-34). */
  readonly wrongLinks: number;
}

export const DELIVERY_LIMITS: DeliveryLimits = {
  linkSeconds: 24 * 3600,
  linksPerBundle: 20,
  freshSeconds: 3600,
  streams: 64,
  leastBytesASecond: 4096,
  patienceMs: 30_000,
  watchMs: 400,
  leaseSeconds: 15,
  waitMs: 2000,
  takeOverMs: 500,
  redirectSeconds: 60,
  wrongLinks: 50,
};
