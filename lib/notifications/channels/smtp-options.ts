const TIMEOUT_MS = 10_000;

/**
 * How to speak with the relay of SMTP_URL, `smtp[s]://[user:password@]host[:port][?…]`. STARTTLS is used wherever it
 * is offered, and demanded where there is a password. Options: `requireTLS=true|false`, `ignoreTLS=true`, and
 * `tls.rejectUnauthorized=false` for a certificate of one's own.
 */
export function smtpOptions(address: string) {
  const url = new URL(address);
  const secure = url.protocol === "smtps:";
  const said = (name: string) => url.searchParams.get(name);
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port ? Number(url.port) : secure ? 465 : user ? 587 : 25,
    secure,
    requireTLS: !secure && (said("requireTLS") ?? String(user !== "")) === "true",
    ignoreTLS: said("ignoreTLS") === "true",
    tls: { rejectUnauthorized: said("tls.rejectUnauthorized") !== "false" },
    ...(user ? { auth: { user, pass: decodeURIComponent(url.password) } } : {}),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
