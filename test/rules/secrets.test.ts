import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";
import { credentialIn } from "../../tools/rules/lib/credentials.ts";
import { isPublicText } from "../../tools/rules/lib/public-text.ts";
import { isPasswordHash, isSecretValue } from "../../tools/rules/lib/secret-value.ts";
import { isSettingsFile, secretSettingIn } from "../../tools/rules/lib/settings-file.ts";

/** Generated, so that no secret scanner flags this file. */
const letters = (count: number) => "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1c".repeat(4).slice(0, count);

test.each([
  [`-----BEGIN RSA ${"PRIVATE"} KEY-----\n${letters(64)}`, "a private key"],
  [`{"key": "-----BEGIN ${"PRIVATE"} KEY-----\\n${letters(64)}"}`, "a private key"],
  [`id = AKIA${"QRSTUVWXYZ234567"}`, "an AWS access key"],
  [`ghp${"_"}${letters(36)}`, "a GitHub token"],
  [`xoxb-${letters(24)}`, "a Slack token"],
  [`glpat-${letters(20)}`, "a GitLab token"],
  ["amqp://user:hunter2@queue:5672", "a URL with a password"],
  ["a\n  b: redis://:hunter2@cache:6379/0", "a URL with a password"],
  ["http://[::1]:8080/a@b", undefined],
  ["https://example.com:8443/@scope", undefined],
  ["docker://busybox:1.36@sha256:0123", undefined],
  ["postgres://user:$(PASSWORD)@db", undefined],
  [`postgres://user:\${PASSWORD}@db`, undefined],
  ["postgres://user:{{ .Values.password }}@db", undefined],
  ["postgres://user:***@db", undefined],
  ["rtsp://view:{RTSP_PASSWORD}@camera", undefined],
  ["postgres://user:{env.PASSWORD}@db", undefined],
  ["postgres://user:%(ENV_PASSWORD)s@db", undefined],
  ["// postgres://user:hunter2@db", undefined],
  ["AKIAIOSFODNN7EXAMPLE", undefined],
  [`AKIA${"A".repeat(16)}`, undefined],
  ["-----BEGIN CERTIFICATE-----\nabcdefghijklmnopqrst", undefined],
  ["-----BEGIN PRIVATE KEY-----", undefined],
])("credentialIn(%j)", (text, expected) => {
  expect(credentialIn(text)).toBe(expected);
});

test.each<[string, string, boolean]>([
  ["DB_PASSWORD", "hunter2", true],
  ["dbPassword", "hunter2", true],
  ["existingConfigSecret", "driver-config", false],
  ["PGPASSWORD", "hunter2", true],
  ["ADMIN_PASS", "12345", true],
  ["PASSWORD_1", "hunter2", true],
  ["requirepass", "hunter2", true],
  ["spring.datasource.password", "pa$$word", true],
  ["GITHUB_TOKEN", "8d7f3a5c9e1b2d4f", true],
  ["authToken", "correcthorsebattery", true],
  ["JWT_SECRET", "supersecret", true],
  ["API_KEY", "8d7f3a5c9e1b2d4f", true],
  ["PWD", "/srv", false],
  ["COMPASS", "north", false],
  ["DB_PASSWORD", "", false],
  ["DB_PASSWORD", "$(OTHER)", false],
  ["DB_PASSWORD", "$OTHER", false],
  ["DB_PASSWORD", "{OTHER}", false],
  ["DB_PASSWORD", "$__file{/run/secrets/password}", false],
  ["DB_PASSWORD", "{hunter2}!", true],
  ["DB_PASSWORD", "%(ENV_OTHER)s", false],
  ["DB_PASSWORD", "!secret db_password", false],
  ["DB_PASSWORD", "secretKeyRef", false],
  ["clientSecret", "$oidc.clientSecret", false],
  ["clientSecret", "$argocd-oidc:clientSecret", false],
  ["master_key", "os.environ/LITELLM_MASTER_KEY", false],
  ["api_key", "llama-cpp-no-key-required", false],
  ["api_key", "not-needed-by-the-server-1", true],
  ["cookie-secret", "SECRET", false],
  ["DB_PASSWORD", "DB_PASSWORD", false],
  ["DB_PASSWORD", "HUNTER", true],
  ["password", "password", true],
  ["forgotPassword", "Forgot Password?", false],
  ["forgotPassword", "correct horse battery", true],
  ["credentialSecret", "nas-login", false],
  ["DB_PASSWORD", "/run/secrets/password", false],
  ["DB_PASSWORD", "password.txt", false],
  ["DB_PASSWORD", "../secrets/password", false],
  ["DB_PASSWORD", "/8jK3mN2pQ4sT6vW8yZ1c", true],
  ["DB_PASSWORD", "<password>", false],
  ["DB_PASSWORD", "REPLACE_ME", false],
  ["DB_PASSWORD", "********", false],
  ["DB_PASSWORD", "vault:secret/db#password", false],
  ["DB_PASSWORD", "arn:aws:secretsmanager:eu-central-1:1:secret:db", false],
  ["DB_PASSWORD_FILE", "hunter2", false],
  ["PASSWORD_MIN_LENGTH", "12", false],
  ["ALLOW_EMPTY_PASSWORD", "yes", false],
  ["TOKEN", "300", false],
  ["TOKEN_URL", "https://login.example.com/token", false],
  ["OAUTH_TOKEN", "https://login.example.com/token", false],
  ["MAX_TOKENS", "8d7f3a5c9e1b2d4f", false],
  ["TLS_SECRET", "web-tls", false],
  ["GITHUB_TOKEN_SECRET", "github-token", false],
  ["JWT_TOKEN_SECRET", "my-jwt-token-8d7f3a", true],
  ["JWT_SECRET", "jwt-4711-jwt", true],
  ["GITHUB_TOKEN_SECRET", "githubtoken", true],
  ["CLIENT_SECRET", "shop/client", false],
  ["CONTROLLER_SECRET", "pipelines-as-code-secret", false],
  ["secret", "authentikos-token", false],
  ["client-secret", "authentikos-token", true],
  ["secret", "exporter-secrets", false],
  ["CLIENT_SECRET", "shop-client-secret", true],
  ["CONTROLLER_SECRET", "Shop-Secret", true],
  ["PARTITION_KEY", "8d7f3a5c9e1b2d4f", false],
  ["API_KEY", "x-api-key", false],
  ["PUBLIC_API_KEY", "8d7f3a5c9e1b2d4f", false],
  ["ONEPASSWORD", "10.10.12.15", false],
  ["APP_PASSWORD", "10.0.0.0/8", false],
  ["APP_PASSWORD", "10.0.0.1:8080", false],
  ["APP_PASSWORD", "fd00::1", false],
  ["APP_PASSWORD", "[fd00::1]:8080", false],
  ["APP_PASSWORD", "deadbeef", true],
  ["APP_PASSWORD", "1.2.3.456", true],
  ["client_secret", `$pbkdf2-sha512$310000$${letters(22)}$${letters(86)}`, false],
  ["password", `$argon2id$v=19$m=65536,t=3,p=4$${letters(22)}$${letters(43)}`, false],
  ["password", `$2y$10$${letters(53)}`, false],
  ["password", `$$2a$10$${letters(53)}`, false],
  ["password", `$6$${letters(16)}$${letters(86)}`, false],
  ["password", `$scrypt$ln=16,r=8,p=1$${letters(22)}$${letters(43)}`, false],
  ["password", "$6$short", true],
  ["password", `$1$${letters(8)}$${letters(22)}`, true],
])("isSecretValue(%j, %j) is %j", (name, value, expected) => {
  expect(isSecretValue(name, value)).toBe(expected);
});

test.each([
  ["password: hunter2", "password"],
  ["  - { password: hunter2 }", "password"],
  ['  "db.password": "hunter2",', "db.password"],
  ["export DB_PASSWORD=hunter2", "DB_PASSWORD"],
  ["# password: hunter2", undefined],
  ["password:", undefined],
  ["password: ''", undefined],
  ["password: *other", undefined],
  ["password: !vault other", undefined],
  ["password = getenv('PASSWORD')", undefined],
  ["if password == 'a'", undefined],
  ["password => 'a'", undefined],
  ["USER:\n  secret: grafana-login\n  key: user", undefined],
  ["USER:\n  key: user\n  secret: grafana-login", undefined],
  ["USER:\n  secret: grafana-login\nkey: user", "secret"],
  ["USER:\n  secret: grafana-login\n  realm: user", "secret"],
  ["USER:\n  password: grafana-login\n  key: user", "password"],
  ["username = username\npassword = password", undefined],
  ['  - password: "Password"\n    user: user', undefined],
  ["username = admin\npassword = password", "password"],
  ["password = password", "password"],
])("secretSettingIn(%j)", (text, expected) => {
  expect(secretSettingIn(text)?.name).toBe(expected);
});

test.each([
  ["settings.yaml", true],
  ["messages.properties", false],
  ["messages_de.properties", false],
  ["messages-queue.conf", true],
])("isSettingsFile(%j) is %j", (name, expected) => {
  expect(isSettingsFile(name)).toBe(expected);
});

test.each([
  [`web:$2y$10$${letters(53)}\nshop:$2b$10$${letters(53)}\n`, true],
  [`$2y$10$${letters(53)}\nshop: hunter2\n`, false],
  ["hunter2", false],
  ["", false],
])("isPasswordHash(%j) is %j", (text, expected) => {
  expect(isPasswordHash(text)).toBe(expected);
});

const hostile = [
  "://".repeat(100_000),
  `://${":".repeat(300_000)}`,
  `://a:${"b".repeat(300_000)}`,
  "-".repeat(300_000),
  `password${" ".repeat(300_000)}:`,
  "<".repeat(300_000),
  "$".repeat(300_000),
  "AKIA".repeat(100_000),
  `-----BEGIN PRIVATE KEY-----${"\\n".repeat(150_000)}`,
  "A1".repeat(150_000),
  "a_".repeat(150_000),
  "-----BEGIN CERTIFICATE-----".repeat(10_000),
  `ssh-rsa AAAA${" AAAA".repeat(50_000)}`,
];

test.each(hostile.map((text) => [text.slice(0, 12), text]))("text crafted to be slow is still fast: %s…", (_, text) => {
  expect(credentialIn(text)).toBeUndefined();
  expect(secretSettingIn(text)).toBeUndefined();
  expect(isSecretValue(`password_file_${text}_file`, text)).toBe(false);
  expect(isPublicText(text)).toBe(false);
  expect(isPasswordHash(text)).toBe(false);
});

/** An object with a secret in the places that a rule checks, by rule. */
const holders: Readonly<Record<string, (secret: string) => JsonObject>> = {
  "security/secret-in-env": (value) => pod({ env: [{ name: "DB_PASSWORD", value }] }),
  "security/secret-in-config": (value) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "web", annotations: { url: `https://web:${value}@example.com` } },
    data: { password: value, "a.yaml": `x: 1\npassword: ${value}\n` },
  }),
  "security/plaintext-secret": (value) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "web" },
    data: { password: btoa(value) },
    stringData: { token: value, "a.yaml": `x: 1\npassword: ${value}\n` },
  }),
};

function pod(container: JsonObject): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web" },
    spec: { containers: [{ name: "web", ...container }] },
  };
}

test.each(Object.entries(holders))("%s never prints the secret itself", async (id, holder) => {
  const secret = "correct-horse-battery";
  const target = { path: "shop", kind: "manifests" } as const;
  const { problems, crashes } = await evaluate(rules, { target, resources: [resourceOf(holder(secret))] });
  expect(crashes).toEqual([]);
  expect(problems.map(({ rule }) => rule)).toContain(id);
  const printed = JSON.stringify(problems.map(({ of: _, ...problem }) => problem));
  expect(printed).not.toContain(secret);
  expect(printed).not.toContain(btoa(secret));
});
