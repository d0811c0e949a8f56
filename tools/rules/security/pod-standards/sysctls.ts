import { isObject, listAt } from "../../../core/json.ts";
import { type Control, settingsOf } from "./control.ts";

/** Sysctls that affect only the pod, with the minor version since which they are allowed. */
const safe: Readonly<Record<string, number>> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
};

/** `sysctlsV1Dot0` to `sysctlsV1Dot32` in k8s.io/pod-security-admission/policy. */
export const sysctls: Control = {
  id: "security/sysctls",
  level: "baseline",
  reason: "forbidden sysctls",
  why: "A sysctl that does not belong to the pod alone changes its node, for every other pod on it.",
  fix: `Use only ${Object.keys(safe).join(", ")}.`,
  *check(pod, minor) {
    const setting = settingsOf(pod).find(({ of }) => of === undefined);
    for (const [index, sysctl] of listAt(setting?.object, "sysctls").entries()) {
      const name = isObject(sysctl) ? String(sysctl.name) : "";
      if (Object.hasOwn(safe, name) && minor >= (safe[name] ?? 0)) continue;
      yield { pointer: `${setting?.pointer}/sysctls/${index}/name`, message: `sets sysctl ${name}` };
    }
  },
};
