import { wordsOf } from "./secret-value.ts";

/** What the names of settings end with that tune a program, whatever their value. */
const tuning = /^(?:level|period|interval|timeout|port|tz|timezone|mode)$/;

/** What the names of settings of encryption, logins and storage end with, if their values are words. */
const described = /^(?:cipher|hash|size|provider|path|scopes?|pbkdf)$/;
/** `aes-xts-plain64`, `openid profile email` */
const plainWords =
  /^(?:[a-z]{1,20}(?:\d{1,4}[a-z]{0,3})?|\d{1,6}[a-z]{0,3})(?:[-_ ,./:](?:[a-z]{1,20}(?:\d{1,4})?|\d{1,6})){0,11}$/i;

/** Words of names whose value may be a password even if it is short: that of a person, a PIN. */
const guarded =
  /pass|pwd|secret|token|keys?$|^(?:pw|pins?|codes?|otp|salt|auth|login|creds?|credentials?|user|admin|root)$/;

/** `12h`, `1m30s`. https://pkg.go.dev/time#ParseDuration, with the days and weeks of other programs */
const duration = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d|w)){1,5}$/;
const number = /^\d{1,3}$/;
const logLevel = /^(?:trace|debug|verbose|info|notice|warn|warning|error|critical|fatal)$/i;

/** https://www.iana.org/time-zones */
const timeZone =
  /^(?:UTC|GMT|(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[A-Za-z0-9_+-]{1,30}(?:\/[A-Za-z_]{1,30})?)$/;
const environment =
  /^(?:dev|devel|development|local|test|testing|qa|uat|sandbox|stage|staging|pre-?prod|prod|production)$/i;

/** Whether a setting says how a program runs, and is not secret: `LOG_LEVEL: info`, `SYNC_PERIOD: 12h`, `TZ: Europe/Oslo`. */
export function isPlainSetting(name: string, value: string): boolean {
  const words = wordsOf(name);
  const text = value.trim();
  const last = words.at(-1) ?? "";
  if (described.test(last) && plainWords.test(text)) return true;
  if (tuning.test(last) || words.some((word) => word.startsWith("concurren"))) return true;
  if (words.some((word) => guarded.test(word))) return false;
  return [duration, number, logLevel, timeZone, environment].some((form) => form.test(text));
}
