import { each, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { stringsIn } from "../../vocabulary/lists.ts";
import { dns1123Subdomain, pathSegment } from "../../vocabulary/names.ts";
import { parseCidr } from "../../vocabulary/network.ts";
import type { Check } from "../../vocabulary/place.ts";
import { required } from "../../vocabulary/presence.ts";
import { element } from "../../vocabulary/text.ts";
import { exactCidr } from "./address.ts";

/** Two ranges must be of different IP families (`validateServiceCIDRSpec`). */
const oneOfEachFamily: Check = (value, at) => {
  const sizes = stringsIn(value).map((text) => parseCidr(text)?.bytes.length);
  if (sizes.length === 2 && sizes[0] !== undefined && sizes[0] === sizes[1]) {
    at.invalid("has two ranges of the same IP family", "Keep one of them; a second range must be of the other family.");
  }
};

const ranges: Check = (value, at) => {
  if (Array.isArray(value) && value.length > 2)
    at.invalid(`has ${value.length} ranges; at most 2 are allowed`, "Remove some.");
  else {
    each(element(exactCidr))(value, at);
    oneOfEachFamily(value, at);
  }
};

/** The address ranges for Services: https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ */
export const serviceCidr: TypeDemands = {
  "networking.v1.ServiceCIDRSpec": { cidrs: rule("apply/cidr", [required, ranges]) },
  "networking.v1.ParentReference": {
    group: dns1123Subdomain,
    resource: [required, pathSegment],
    name: [required, pathSegment],
    namespace: pathSegment,
  },
};
