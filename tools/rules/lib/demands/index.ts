import { ofApplicationSets } from "./application-sets.ts";
import type { Demands } from "./demand.ts";
import { ofExternalSecrets } from "./external-secrets.ts";
import { ofFlux } from "./flux.ts";
import { ofGateway } from "./gateway.ts";
import { ofKeda } from "./keda.ts";
import { ofPrometheus } from "./prometheus.ts";
import { ofRollouts } from "./rollouts.ts";

/** What controllers demand of one object, whatever the others: a file for each project. */
export const demands: Demands = {
  ...ofApplicationSets,
  ...ofExternalSecrets,
  ...ofFlux,
  ...ofGateway,
  ...ofKeda,
  ...ofPrometheus,
  ...ofRollouts,
};
