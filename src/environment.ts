/** Every variable that is read, with what it means; `src/config.ts` reads no other, and docs/operations.md lists these. */
export const ENVIRONMENT = {
  DATABASE_URL: 'a PostgreSQL (15 or later) to use instead of the embedded one',
  DATABASE_URL_FILE: 'a file that holds it, in its place',
  CARRYALL_DATA: 'where the embedded database, files and keys lie; `.data` by default',
  CARRYALL_STORAGE:
    'where bundles lie: a folder, or `s3://bucket/prefix?region=…`; `bundles` in `CARRYALL_DATA` by default',
  CARRYALL_SEAL_TO:
    'age recipients, separated by commas, for whom bundles are stored sealed that nobody gave a key of their own for; only these can open them',
  CARRYALL_BUNDLES_KEPT: 'how long a bundle that answers a request is kept, in days: `P14D` by default',
  CARRYALL_SWEEP:
    '`daily` has workers delete once a day what the policies have let expire; without it only `carryall sweep` does',
  CARRYALL_WORKERS:
    'how many bundles `serve` builds at once, 2 by default; 0 leaves builds, notices and sweeps to `work`',
  CARRYALL_SIGNING_KEYS:
    'a file or folder of your own Ed25519 keys (JWK, or PEM as PKCS #8); the file that sorts last signs',
  CARRYALL_SIGNING_KID: 'the thumbprint of the key that signs, when it is not to be that one',
  CARRYALL_IDENTITY:
    'a file that says which issuers may say who calls ([0015](decisions/0015-identity.md)); without it, tokens that this machine signs',
  CARRYALL_AUDIT_CHECKPOINTS:
    'where signed checkpoints of the audit log lie: better on a disk that the database cannot write',
  CARRYALL_PUBLIC_ORIGIN: 'the address by which people know the gateway, such as `https://data.example.org`',
  CARRYALL_TRUSTED_PROXIES: 'how many proxies in front say truly where a request comes from',
  CARRYALL_PERSISTED_DOCUMENTS: 'a manifest of documents that are known by their hash',
  CARRYALL_PERSISTED_ONLY: 'who may send no other documents: `SUBJECT`, `INTERNAL_APP` or both',
  CARRYALL_POLICIES: 'folders with policy files of your own, separated by `:`',
  CARRYALL_SMTP:
    'the mail server that notices go out by: `smtps://user:password@host`, or `smtp://` with STARTTLS; without it mail waits',
  CARRYALL_MAIL_FROM: 'the address that mail comes from, such as `Callr <privacy@callr.example>`',
  CARRYALL_OPERATOR_MAIL: 'the address at which you read what is due, overdue or went wrong',
  CARRYALL_COOLING_OFF:
    'how long a copy waits after a change of address or a first sign-in, for the person to object; `P3D` by default, `PT0S` for not at all',
  CARRYALL_COPIES:
    'how many copies of one kind a person gets within a month before staff look at the next, 4 by default; the first is never held up',
  CARRYALL_SMS: 'a webhook of yours that sends one-time codes as text messages; without it codes go by mail only',
  CARRYALL_RECIPIENTS:
    'a file that names other controllers: to whom people may have their data sent, from whom we take them, and whose requests we take as their processor ([0029](decisions/0029-transmission.md))',
  CARRYALL_OUTGOING_PORTS: 'ports beside 443 to which webhooks may go, separated by commas',
  CARRYALL_OUTGOING_LOOPBACK: '`yes` lets webhooks reach this machine, for development',
  CARRYALL_LOG:
    'what is logged, as JSON lines on standard error: `off`, `faults` (default), or `requests`, which is both',
  CARRYALL_METRICS: 'where Prometheus may read metrics, such as `127.0.0.1:9464`; off by default',
  CARRYALL_METRICS_EXPOSED: '`yes` allows an address for metrics that others than this machine reach',
  OTEL_EXPORTER_OTLP_ENDPOINT:
    'where traces are sent (OTLP over HTTP), such as `http://127.0.0.1:4318`; off by default',
  HOST: 'where to listen; `127.0.0.1` by default',
  PORT: 'the port to listen on; 4000 by default',
  NODE_ENV: '`production`, or unset; `development` and `test` are refused where others reach the gateway',
  CARRYALL_NOW: 'an instant at which the clock stands still, to see what a later day will show',
} as const satisfies Readonly<Record<string, string>>;

/** Those that libraries read by themselves, and that the files under deploy/ set. */
export const READ_BY_LIBRARIES = {
  AWS_SHARED_CREDENTIALS_FILE: 'the credentials for S3, as the AWS SDK reads them; it knows other places too',
  NODE_EXTRA_CA_CERTS: 'certificates of your own authority, for S3 and issuers inside your network',
  OTEL_EXPORTER_OTLP_HEADERS: 'headers for the collector of traces, such as a token',
} as const satisfies Readonly<Record<string, string>>;

/** The variables that are read, as far as they are set. */
export type Environment = { readonly [V in keyof typeof ENVIRONMENT]?: string | undefined };

/** How much is logged: nothing; faults; or faults and one line for each request. */
export const LOG_LEVELS = ['off', 'faults', 'requests'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}
