/** Filled in by a program before use: `$(NAME)`, `${NAME}`, `$name.key`, `{{ name }}`, `{NAME}`, `<name>`, `%s`, `__NAME__`. */
const template =
  /\$[({]|\{\{|<[^<>]{1,100}>|^\$\w+$|^\$__\w+\{|^\$[A-Za-z_][\w-]*[.:][\w.-]+$|^\{[A-Za-z_][\w.:-]*\}$|^%[svd]$|^%\w+%$|^%\(\w+\)s$|^__\w+__$|^@@?\w+@@?$/;

/** Written instead of the value: a mask, or words that say so. */
const mask =
  /^(?:[*xX.?_#-]+|(?:redacted|masked|hidden|placeholder|todo|tbd|example|dummy|none|null|undefined|n\/a)|(?:replace|your|insert|put|enter)[-_ ].{0,80}|(?:[\w.-]{0,80}[-_ ])?(?:no|not)[-_ ](?:\w{1,20}[-_ ])?(?:required|needed))$/i;

/** Says where the value is: `vault:secret/db#password`, `arn:aws:secretsmanager:…`, `ENC[…]`, `os.environ/NAME`, `!secret name`. */
const elsewhere =
  /^(?:vault|bao|ref\+\w+|op|sm|arn|awssm|awsps|gcpsm|azurekeyvault|secretref|file|env|enc|kms)[:[]|^projects\/[\w-]+\/secrets\/|^os\.environ[/[.]|^!(?:secret|env_var|include)\s|^(?:secret|configMap)KeyRef$/i;

/** Whether a text stands for a value that is stored elsewhere, or for none. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim();
  return value === "" || template.test(value) || mask.test(value) || elsewhere.test(value);
}

/** The start of a text that says where the value is stored: `vault:` of `vault:secret/db#password`. */
export function storeOf(text: string): string | undefined {
  return elsewhere.exec(text.trim())?.[0];
}
