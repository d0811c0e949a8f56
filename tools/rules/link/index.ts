import { probePort } from "./probe-port.ts";
import { targetPort } from "./target-port.ts";

/** References between what a target renders. */
export const link = [targetPort, probePort];
