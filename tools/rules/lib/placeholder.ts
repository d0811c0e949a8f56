/** Filled in by a program before it is used: `$(NAME)`, `${NAME}`, `{{ name }}`, `<name>`, `%s`, `__NAME__`. */
const template = /\$[({]|\{\{|<[^<>]{1,100}>|^\$\w+$|^%[svd]$|^%\w+%$|^__\w+__$|^@@?\w+@@?$/;

/** Written where the value is not: a mask, or words that say so. */
const mask =
  /^(?:[*xX.?_#-]+|(?:redacted|masked|hidden|placeholder|todo|tbd|example|dummy|none|null|undefined|n\/a)|(?:replace|your|insert|put|enter)[-_ ].{0,80})$/i;

/** Says where the value is: `vault:secret/db#password`, `arn:aws:secretsmanager:…`, `ENC[…]`. */
const elsewhere =
  /^(?:vault|bao|ref\+\w+|op|sm|arn|awssm|awsps|gcpsm|azurekeyvault|secretref|file|env|enc|kms)[:[]|^projects\/[\w-]+\/secrets\//i;

/** Whether a text stands for a value that is somewhere else, or for none. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim();
  return value === "" || template.test(value) || mask.test(value) || elsewhere.test(value);
}
