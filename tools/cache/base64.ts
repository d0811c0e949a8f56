/** Numbers as a text: with many digits they take long to be read. */
export function toBase64({ buffer }: Float64Array | Uint32Array): string {
  return Buffer.from(buffer).toString("base64");
}

/** The bytes of such numbers, aligned as an array of them has to be. */
export function fromBase64(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, "base64")).buffer;
}
