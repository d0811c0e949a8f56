/** What every container of the document asks for. A function, since models share no objects. */
export function requests() {
  return { requests: { cpu: "100m", memory: "100Mi" } };
}
