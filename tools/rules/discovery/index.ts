import { envName } from "./env-name.ts";
import { envOrder } from "./env-order.ts";
import { hostUnresolved } from "./host-unresolved.ts";
import { mixedMode } from "./mixed-mode.ts";
import { port } from "./port.ts";

/** How the tiers find each other, by the contracts of their images. */
export const discovery = [hostUnresolved, envName, envOrder, mixedMode, port];
