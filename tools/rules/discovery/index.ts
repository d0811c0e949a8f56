import { envName } from "./env-name.ts";
import { envOrder } from "./env-order.ts";
import { hostUnresolved } from "./host-unresolved.ts";
import { mixedMode } from "./mixed-mode.ts";
import { port } from "./port.ts";

/** Rules about how the tiers find each other, from the contracts of their images. */
export const discovery = [hostUnresolved, envName, envOrder, mixedMode, port];
