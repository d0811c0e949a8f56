import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IService } from "kubernetes-models/v1";
import { frontendImage } from "./images.ts";
import { requests } from "./resources.ts";

const name = "frontend";
const labels = { app: "guestbook", tier: "frontend" };

/** The PHP frontends: writes go to the master, reads to the slaves. */
export const deployment: IDeployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "php-redis",
            image: frontendImage,
            resources: requests(),
            env: [{ name: "GET_HOSTS_FROM", value: "dns" }],
            // Named, because its number depends on the image: probes and network policies refer to "http".
            ports: [{ name: "http", containerPort: 80 }],
          },
        ],
      },
    },
  },
};

/** Reachable only from inside the cluster, unless an `expose-*` component opens it. */
export const service: IService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, labels },
  spec: { ports: [{ port: 80 }], selector: labels },
};
