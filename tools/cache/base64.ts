/** Encodes numbers as Base64, which is parsed faster than decimal digits. */
export function toBase64({ buffer }: Float64Array | Uint32Array): string {
  return Buffer.from(buffer).toString("base64");
}

/** Decodes Base64 into a buffer that is aligned for typed arrays. */
export function fromBase64(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, "base64")).buffer;
}
