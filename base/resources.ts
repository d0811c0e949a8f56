/** The requests of every container in the original document. A function, since models must not share objects. */
export function requests() {
  return { requests: { cpu: "100m", memory: "100Mi" } };
}
