import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { containersOf, type Pod } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";

/** A reference to a ConfigMap or a Secret, or to one of its keys. */
export interface ConfigReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly key?: string;
  readonly optional: boolean;
  /** Points to the name in the resource. */
  readonly pointer: string;
  readonly keyPointer?: string;
}

/** How env, envFrom and projected volumes reference each kind; in other volumes, the name of a Secret is secretName. */
const sources = [
  ["ConfigMap", "configMap", "name"],
  ["Secret", "secret", "name"],
] as const;

/** Every ConfigMap, Secret and key that the containers of a pod need to start. */
export function configReferences(pod: Pod): ConfigReference[] {
  return [...containersOf(pod).flatMap(({ object, pointer }) => ofContainer(object, pointer)), ...ofVolumes(pod)];
}

function ofContainer(container: JsonObject, pointer: string): ConfigReference[] {
  const env = objectsAt(container, "env").flatMap(([entry, index]) =>
    sources.flatMap(([kind, field]) => {
      const ref = objectAt(objectAt(entry, "valueFrom"), `${field}KeyRef`);
      return ofKey(kind, ref, `${pointer}/env/${index}/valueFrom/${field}KeyRef`);
    }),
  );
  const envFrom = objectsAt(container, "envFrom").flatMap(([entry, index]) =>
    sources.flatMap(([kind, field]) =>
      ofWhole(kind, objectAt(entry, `${field}Ref`), "name", `${pointer}/envFrom/${index}/${field}Ref`),
    ),
  );
  return [...env, ...envFrom];
}

function ofVolumes({ spec, specPointer }: Pod): ConfigReference[] {
  return objectsAt(spec, "volumes").flatMap(([volume, index]) => {
    const pointer = `${specPointer}/volumes/${index}`;
    const projected = objectsAt(objectAt(volume, "projected"), "sources").flatMap(([source, at]) =>
      sources.flatMap(([kind, field]) =>
        ofWhole(kind, objectAt(source, field), "name", `${pointer}/projected/sources/${at}/${field}`),
      ),
    );
    return [
      ...ofWhole("ConfigMap", objectAt(volume, "configMap"), "name", `${pointer}/configMap`),
      ...ofWhole("Secret", objectAt(volume, "secret"), "secretName", `${pointer}/secret`),
      ...projected,
    ];
  });
}

function ofKey(kind: ConfigReference["kind"], ref: JsonObject | undefined, pointer: string): ConfigReference[] {
  const [name, key] = [stringAt(ref, "name"), stringAt(ref, "key")];
  if (!name || !key) return [];
  const optional = ref?.optional === true;
  return [{ kind, name, key, optional, pointer: `${pointer}/name`, keyPointer: `${pointer}/key` }];
}

/** A volume with items needs their keys; without items, it takes all keys. */
function ofWhole(
  kind: ConfigReference["kind"],
  ref: JsonObject | undefined,
  field: string,
  pointer: string,
): ConfigReference[] {
  const name = stringAt(ref, field);
  if (!name) return [];
  const whole = { kind, name, optional: ref?.optional === true, pointer: join(pointer, field) };
  const items = objectsAt(ref, "items").flatMap(([item, index]) => {
    const key = stringAt(item, "key");
    return key ? [{ ...whole, key, keyPointer: `${pointer}/items/${index}/key` }] : [];
  });
  return items.length > 0 ? items : [whole];
}

function objectsAt(object: JsonObject | undefined, key: string): [JsonObject, number][] {
  return listAt(object, key).flatMap((item, index) => (isObject(item) ? [[item, index] as [JsonObject, number]] : []));
}
