import type { Demand } from "../../vocabulary/demand.ts";
import { isSubdomain } from "../../vocabulary/names.ts";
import { required } from "../../vocabulary/presence.ts";
import { format, maxLength } from "../../vocabulary/text.ts";

const nameInAnyCase = format(
  "the name of a driver",
  "Use a DNS name of at most 63 characters: csi.example.com.",
  (text) => isSubdomain(text.toLowerCase()),
);

/** The name of a driver, of volumes or of devices (`ValidateCSIDriverName`). */
export const driverName: Demand = [required, maxLength(63), nameInAnyCase];
