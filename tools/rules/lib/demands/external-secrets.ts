import { isObject, type Json, type JsonObject, listAt, stringAt } from "../../../core/json.ts";
import { didYouMean } from "../../../core/nearest.ts";
import { join } from "../../../core/pointer.ts";
import { hasVariable } from "../../../core/variable.ts";
import { actionsIn } from "../../../vocabulary/go-template.ts";
import type { Demands, Wrong } from "./demand.ts";

/** https://external-secrets.io/latest/guides/templating/: a template with an unknown key fails, and the Secret is not written. */
export const ofExternalSecrets: Demands = {
  "ExternalSecret.external-secrets.io": [
    { path: "spec/target/template/data", judge: wrongTexts },
    { path: "spec/target/template/metadata/labels", judge: wrongTexts },
    { path: "spec/target/template/metadata/annotations", judge: wrongTexts },
  ],
};

function wrongTexts(texts: Json, spec: JsonObject): Wrong | undefined {
  for (const [key, text] of Object.entries(isObject(texts) ? texts : {}).sort()) {
    const wrong = typeof text === "string" ? wrongText(text, spec) : undefined;
    if (wrong !== undefined) return { ...wrong, at: join("", key) };
  }
  return undefined;
}

function wrongText(text: string, spec: JsonObject): Wrong | undefined {
  if (hasVariable(text)) return undefined;
  const actions = actionsIn(text);
  if (!Array.isArray(actions))
    return {
      does: `has a template that is not valid: ${actions.message}`,
      help: "Close it with }}, and do not escape quotes.",
    };
  // In a block, the dot may stand for something else.
  const hasBlocks = actions.some((one) => /^-?\s*(?:range|with|define|block|template)\b/.test(one.text));
  const keys = listAt(spec, "data").flatMap((one) => (isObject(one) ? (stringAt(one, "secretKey") ?? "") : []));
  if (hasBlocks || listAt(spec, "dataFrom").length > 0 || keys.length === 0) return undefined;
  const used = actions
    .flatMap((one) => [...one.text.matchAll(/(?<![\w.)$])\.([A-Za-z_]\w*)/g)])
    .map(([, key = ""]) => key);
  const unknown = used.find((key) => !keys.includes(key));
  if (unknown === undefined) return undefined;
  return {
    does: `uses .${unknown} in a template, which its data does not have${didYouMean(unknown, keys)}`,
    help: `Its keys: ${keys.join(", ")}.`,
  };
}
