/** The pattern of UUIDs with or without hyphens, by the first digits of their version and variant; strfmt in kube-openapi. */
export function uuidOf(version: string, variant: string): RegExp {
  return new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, "i");
}

const any = uuidOf("[0-9a-f]", "[0-9a-f]");

/** Whether a text is a UUID of any version. */
export function isUuid(text: string): boolean {
  return any.test(text);
}
