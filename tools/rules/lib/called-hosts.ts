import { distinctBy } from "../../core/group.ts";
import { isObject, type Json, listAt, objectAt, stringAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import { containersOf, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { inWords } from "./containers.ts";
import { commandWords } from "./contracts.ts";

/** A Service that a text names. */
export interface CalledHost {
  /** The host as written, with its port. */
  readonly text: string;
  /** Its parts: `db-0` for the pod of a headless Service, the Service, and the namespace if it is written. */
  readonly pod?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
  /** A domain that is close to that of clusters. */
  readonly domain?: string;
  /** The number of characters before it. */
  readonly offset: number;
}

/** A text of a resource that may name hosts. */
export interface Text {
  readonly who: string;
  /** The variable, the flag or the key of a ConfigMap. */
  readonly key: string;
  readonly value: string;
  readonly pointer: string;
  /** The texts beside it: a host and its port may be two of them. */
  readonly beside: string;
}

/** The texts of a pod, a ConfigMap, a Probe of Prometheus or a DestinationRule of Istio that may name hosts. */
export function textsOf(resource: Resource): Text[] {
  const { kind, name, object } = resource;
  const pod = podOf(resource);
  if (pod !== undefined)
    return containersOf(pod).flatMap((container) => {
      const beside = container.pointer;
      const place = (key: string, value: Json | undefined, within: string): Text[] => {
        const who = inWords(container, resource);
        return typeof value === "string" ? [{ who, key, value, pointer: beside + within, beside }] : [];
      };
      const env = listAt(container.object, "env").flatMap((one, index) =>
        isObject(one) ? place(stringAt(one, "name") ?? "", one.value, `/env/${index}/value`) : [],
      );
      const words = commandWords(container).flatMap(({ word, pointer }) => {
        const [, flag = "", value = word] = /^-{1,2}([\w.-]+)[= ](.*)$/s.exec(word) ?? [];
        return place(flag, value, pointer);
      });
      return [...env, ...words];
    });
  const who = `${kind} ${name}`;
  if (kind === "DestinationRule") {
    const value = stringAt(objectAt(object, "spec"), "host");
    return value === undefined ? [] : [{ who, key: "host", value, pointer: "/spec/host", beside: "" }];
  }
  if (kind === "Probe") {
    const value = stringAt(objectAt(objectAt(object, "spec"), "prober"), "url");
    return value === undefined ? [] : [{ who, key: "host", value, pointer: "/spec/prober/url", beside: "" }];
  }
  return Object.entries(objectAt(object, "data") ?? {}).flatMap(([key, value]) =>
    typeof value === "string" ? [{ who, key, value, pointer: join("/data", key), beside: "" }] : [],
  );
}

/** The Services that a text certainly names, each once. */
export function hostsIn({ key, value }: Pick<Text, "key" | "value">): CalledHost[] {
  const blank = (comment: string) => " ".repeat(comment.length);
  const text = value.includes("\n") ? value.replaceAll(/^[^\S\n]*(?:#|\/\/|;).*$/gm, blank) : value;
  const hosts = [...inFull(text), ...inUrls(text), ...inCommands(text), ...alone(key, text)];
  return [...distinctBy(hosts, ({ text: host }) => host)];
}

/**
 * `web.shop.svc`, `web-0.web.shop.svc.cluster.local:80`; other domains do not belong to this cluster. After a variable, as in
 * `$(PREFIX)web.shop.svc`, the name is not known.
 */
const full =
  /(?<![\w.$)}-])((?:[a-z0-9][a-z0-9-]{0,62}\.){2,3})svc(?:\.cluster\.local|\.([a-z]{6,8}\.[a-z]{4,6}))?\.?(?::(\d{1,5}))?(?![\w.-])/g;

function inFull(text: string): CalledHost[] {
  if (!text.includes(".svc")) return [];
  return [...text.matchAll(full)].flatMap((match) => {
    const [all, host = "", domain, port] = match;
    if (domain !== undefined && !isOneEditApart(domain, "cluster.local")) return [];
    const [namespace = "", name = "", pod] = host.split(".").reverse().slice(1);
    const parts = { name, namespace, ...(pod && { pod }), ...portIn(port), ...(domain && { domain }) };
    return [{ text: all, ...parts, offset: match.index }];
  });
}

/** Schemes of protocols, unlike those of images, files and identifiers. The port is that of the protocol if none is written. */
const standardPorts: Readonly<Record<string, number | undefined>> = { http: 80, https: 443 };
const scheme =
  "https?|wss?|grpc|tcp|udp|rediss?|postgres(?:ql)?|mysql|mariadb|mongodb|amqps?|nats|kafka|ldaps?|smtp|mqtt|clickhouse|etcd|bolt";
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const url = new RegExp(
  `\\b(${scheme})://(?:[^\\s/@"'<>]*@)?(${label}(?:\\.${label})?)(?::(\\d{1,5}))?(?=[/\\s"'?#,;)\\]}]|$)`,
  "g",
);

function inUrls(text: string): CalledHost[] {
  if (!text.includes("://")) return [];
  return [...text.matchAll(url)].map((match) => {
    // What is before the host may be a password.
    const [, protocol = "", host = "", port] = match;
    const called = port === undefined ? host : `${host}:${port}`;
    const parts = { ...partsOf(host), ...portIn(port ?? standardPorts[protocol]) };
    return { text: `${protocol}://${called}`, ...parts, offset: match.index };
  });
}

/** `nc -z web 80`, with which init containers wait. */
const netcat = new RegExp(`\\bnc(?:\\s+-\\w+(?:\\s+\\d+)?)*\\s+(${label}(?:\\.${label})?)\\s+(\\d{1,5})\\b`, "g");
/** `db-0.db`: a pod of a StatefulSet, by its Service. */
const ordinal = new RegExp(`(?<![\\w.$)}/:-])(${label}-\\d+)\\.(${label})(?::(\\d{1,5}))?(?![\\w.-])`, "g");

function inCommands(text: string): CalledHost[] {
  const called = [...(text.includes("nc") ? text.matchAll(netcat) : [])].map((match) => {
    const [, host = "", port] = match;
    return { text: `${host}:${port}`, ...partsOf(host), ...portIn(port), offset: match.index };
  });
  const pods = [...(text.includes(".") ? text.matchAll(ordinal) : [])].map((match) => {
    const [all, pod, name = "", port] = match;
    return { text: all, ...(pod && { pod }), name, ...portIn(port), offset: match.index };
  });
  return [...called, ...pods];
}

/** The value of a variable or a flag that is about a host. */
const aboutHost = /(?:host(?:name)?|addr(?:ess)?|server|endpoint|broker|prober)s?$/i;
const single = new RegExp(`^(${label}(?:\\.${label})?)(?::(\\d{1,5}))?$`);

function alone(key: string, text: string): CalledHost[] {
  const [, host, port] = aboutHost.test(key) ? (single.exec(text) ?? []) : [];
  return host === undefined ? [] : [{ text, ...partsOf(host), ...portIn(port), offset: 0 }];
}

function partsOf(host: string): Pick<CalledHost, "name" | "namespace"> {
  const [name = "", namespace] = host.split(".");
  return { name, ...(namespace !== undefined && { namespace }) };
}

function portIn(port: string | number | undefined): { port?: number } {
  return port === undefined ? {} : { port: Number(port) };
}
