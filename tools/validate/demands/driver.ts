import type { Demand } from "../../vocabulary/demand.ts";
import { isSubdomain } from "../../vocabulary/names.ts";
import { required } from "../../vocabulary/presence.ts";
import { format, maxLength } from "../../vocabulary/text.ts";

const nameInAnyCase = format(
  "a valid driver name",
  "Use a DNS name of at most 63 characters, such as csi.example.com.",
  (text) => isSubdomain(text.toLowerCase()),
);

/** The name of a volume or device driver (`ValidateCSIDriverName`). */
export const driverName: Demand = [required, maxLength(63), nameInAnyCase];
