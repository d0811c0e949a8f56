/** The first names of a list and the number of the others: `a, b and 3 more`. @param most names to show */
export function listed(names: readonly string[], most = 10): string {
  const first = names.slice(0, most).join(", ");
  return names.length > most ? `${first} and ${names.length - most} more` : first;
}
