import { rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { uniqueAs } from "../../vocabulary/lists.ts";
import { dns1123Label } from "../../vocabulary/names.ts";
import { required } from "../../vocabulary/presence.ts";
import { textOf } from "../../vocabulary/text.ts";
import { labels } from "./metadata.ts";
import { oldNodeLabels } from "./node-labels.ts";
import { overhead } from "./resources.ts";

const distinctTolerations = uniqueAs(({ key, operator, value, effect }) =>
  [key, operator, value, effect].map(textOf).join("\n"),
);

/** https://kubernetes.io/docs/concepts/containers/runtime-class/ (`ValidateRuntimeClass`) */
export const runtimeClass: TypeDemands = {
  "node.v1.RuntimeClass": {
    handler: [required, dns1123Label],
    overhead: { podFixed: overhead },
    scheduling: {
      nodeSelector: [labels, oldNodeLabels],
      tolerations: rule("apply/scheduling", distinctTolerations),
    },
  },
};
