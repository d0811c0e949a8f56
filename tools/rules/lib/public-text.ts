/** PEM blocks that are public or encrypted. https://www.rfc-editor.org/rfc/rfc7468 */
const label =
  /^(?:(?:TRUSTED |X509 )?CERTIFICATE|(?:NEW )?CERTIFICATE REQUEST|X509 CRL|(?:RSA |EC |SSH2 )?PUBLIC KEY|PGP PUBLIC KEY BLOCK|PGP MESSAGE|AGE ENCRYPTED FILE)$/;
const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g;

/** A line of `authorized_keys` or of `known_hosts`. https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT */
const key =
  /^(?:\S{1,500} )?(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) AAAA[A-Za-z0-9+/]{20,}={0,3}(?: .*)?$/;

/** Whether a text is public: certificates and public keys of TLS, SSH and PGP, and nothing else. */
export function isPublicText(text: string): boolean {
  const others = text.replace(block, (whole, what: string) => (label.test(what) ? "" : whole));
  const lines = others.split("\n").flatMap((line) => line.replace(/^\s*#.*/, "").trim() || []);
  return (others !== text || lines.length > 0) && lines.every((line) => key.test(line));
}
