import { isOneEditApart, nearest } from "../core/nearest.ts";
import { isRegex } from "../core/regex.ts";
import type { Fault } from "./fault.ts";

interface Token {
  readonly kind: "string" | "number" | "name" | "sign";
  readonly text: string;
  readonly offset: number;
}

/** https://prometheus.io/docs/prometheus/latest/querying/functions/: those that read a range of samples. */
const ofRanges =
  "absent_over_time avg_over_time changes count_over_time delta deriv double_exponential_smoothing first_over_time " +
  "holt_winters idelta increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time " +
  "predict_linear quantile_over_time rate resets stddev_over_time stdvar_over_time sum_over_time";
const others =
  "abs absent acos acosh asin asinh atan atanh avg bottomk ceil clamp clamp_max clamp_min cos cosh count count_values day_of_month " +
  "day_of_week day_of_year days_in_month deg exp floor group histogram_avg histogram_count histogram_fraction " +
  "histogram_quantile histogram_stddev histogram_stdvar histogram_sum hour info label_join label_replace ln log10 log2 max " +
  "min minute month pi quantile rad round scalar sgn sin sinh sort sort_by_label sort_by_label_desc sort_desc sqrt stddev " +
  "stdvar sum tan tanh time timestamp topk vector year";
/** Those of newer versions and of time modifiers, of LogQL, and of MetricsQL: https://docs.victoriametrics.com/victoriametrics/metricsql/ */
const alike =
  "end histogram_quantiles info integral limit_ratio limitk range start step ts_of_first_over_time ts_of_last_over_time " +
  "ts_of_max_over_time ts_of_min_over_time approx_topk bytes_over_time bytes_rate rate_counter " +
  "aggr_over_time any ascent_over_time bitmap_and bitmap_or bitmap_xor bottomk_avg bottomk_last bottomk_max bottomk_median " +
  "bottomk_min buckets_limit changes_prometheus count_eq_over_time count_gt_over_time count_le_over_time count_ne_over_time " +
  "decreases_over_time default_rollup delta_prometheus deriv_fast descent_over_time distinct distinct_over_time " +
  "drop_common_labels drop_empty_series duration_over_time geomean geomean_over_time histogram histogram_over_time " +
  "histogram_share hoeffding_bound_lower hoeffding_bound_upper ideriv increase_prometheus increase_pure increases_over_time " +
  "integrate interpolate iqr_over_time keep_last_value keep_next_value label_copy label_del label_graphite_group label_keep " +
  "label_lowercase label_map label_match label_mismatch label_move label_set label_transform label_uppercase label_value " +
  "label_values labels_equal lag lifetime limit_offset mad median median_over_time mode mode_over_time now " +
  "outlier_iqr_over_time outliers_iqr outliers_mad outliersk prometheus_buckets quantiles quantiles_over_time rand " +
  "rand_exponential rand_normal range_avg range_first range_last range_linear_regression range_mad range_max range_median " +
  "range_min range_normalize range_over_time range_quantile range_stddev range_stdvar range_sum range_trim_outliers " +
  "range_trim_spikes range_trim_zscore range_zscore rate_over_sum rate_prometheus remove_resets rollup rollup_candlestick " +
  "rollup_delta rollup_deriv rollup_increase rollup_rate rollup_scrape_interval ru running_avg running_max running_min " +
  "running_sum scrape_interval share share_eq_over_time share_gt_over_time share_le_over_time smooth_exponential " +
  "sort_by_label_numeric sort_by_label_numeric_desc stale_samples_over_time sum2 sum2_over_time sum_eq_over_time " +
  "sum_gt_over_time sum_le_over_time sum_lt_over_time tfirst_over_time timestamp_with_name timezone_offset " +
  "tlast_change_over_time tlast_over_time tmax_over_time tmin_over_time topk_avg topk_last topk_max topk_median topk_min " +
  "ttf union utilization zscore zscore_over_time";
const rangeFunctions = new Set(ofRanges.split(" "));
const functions = new Set([...rangeFunctions, ...others.split(" ")]);
const known = new Set([...functions, ...alike.split(" ")]);
const partners: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/**
 * The first mistake in a PromQL expression: an unterminated string, brackets that do not match, a single `=`, a label matcher
 * without an operator or with an invalid regular expression, a misspelt function, a function of ranges without a range, a
 * malformed range. The dialects that the same resources may hold (LogQL, MetricsQL) are not judged.
 */
export function faultIn(text: string): Fault | undefined {
  const tokens = tokensOf(text);
  if (!Array.isArray(tokens)) return tokens;
  const isDialect = ({ kind, text: word }: Token) =>
    word === "|" || (kind === "name" && /^(?:WITH|keep_metric_names|default|if|ifnot|limit)$/.test(word));
  if (tokens.some(isDialect)) return undefined;
  return bracketFault(tokens, text) ?? matcherFault(tokens) ?? rangeFault(tokens, text) ?? functionFault(tokens);
}

function tokensOf(text: string): Token[] | Fault {
  const tokens: Token[] = [];
  const pattern =
    /\s+|#.*|("(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|`[^`]*`)|(\d[\w.]*)|([A-Za-z_:][\w:]*)|([=!<>]=|=~|!~|[\s\S])/g;
  for (const match of text.matchAll(pattern)) {
    const [, string, number, name, sign] = match;
    const { index: offset } = match;
    if (sign === '"' || sign === "'" || sign === "`")
      return { message: "a string does not end", offset, help: `Close it with ${sign}.` };
    if (string !== undefined) tokens.push({ kind: "string", text: string, offset });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, offset });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, offset });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, offset });
  }
  return tokens;
}

function bracketFault(tokens: readonly Token[], text: string): Fault | undefined {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "sign") continue;
    if ("([{".includes(token.text)) open.push(token);
    const partner = partners[token.text];
    if (partner !== undefined && open.pop()?.text !== partner)
      return { message: `${token.text} closes nothing`, offset: token.offset, help: `Remove it, or add ${partner}.` };
  }
  const [first] = open;
  return first && { message: `${first.text} in ${near(text, first.offset)} is not closed`, offset: first.offset };
}

function near(text: string, offset: number): string {
  return text
    .slice(Math.max(0, offset - 20), offset + 1)
    .trim()
    .replaceAll(/\s+/g, " ");
}

/** `=` and `=~` belong between a label and a string, in braces. */
function matcherFault(tokens: readonly Token[]): Fault | undefined {
  let depth = 0;
  for (const [index, { kind, text, offset }] of tokens.entries()) {
    if (kind !== "sign") continue;
    if (text === "{") depth += 1;
    if (text === "}") depth -= 1;
    const next = tokens[index + 1];
    const isMatcher = ["=", "=~", "!~"].includes(text);
    if (isMatcher && depth === 0)
      return { message: `${text} compares nothing`, offset, help: "To compare values, write ==." };
    if (depth === 0) continue;
    if ((isMatcher || text === "!=") && next?.kind !== "string")
      return { message: `after ${text} must come a string in quotes`, offset };
    const pattern = /^[=!]~$/.test(text) && next ? patternIn(next.text) : "";
    if (!isRegex(pattern))
      return {
        message: `${next?.text} is no regular expression`,
        offset: next?.offset ?? offset,
        help: "Prometheus reads it as RE2.",
      };
    if (text === "~") return { message: "~ is not an operator", offset, help: "For a regular expression, write =~." };
  }
  return undefined;
}

/** The text that a string in quotes stands for; other escapes than those of quotes and backslashes do not matter here. */
function patternIn(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return quoted.startsWith("`") ? inner : inner.replaceAll(/\\(["'\\])/g, "$1");
}

/** `[5m]`, `[1h30m]`, `[1h:5m]`; Grafana's `$__range` is not judged. */
function rangeFault(tokens: readonly Token[], text: string): Fault | undefined {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "sign" || token.text !== "[") continue;
    const end = tokens.slice(index).find((one) => one.text === "]");
    const range = text.slice(token.offset + 1, end?.offset).replaceAll(/\s/g, "");
    if (/^(?:(?:\d+(?:ms|[smhdwy])?)+)(?::(?:(?:\d+(?:ms|[smhdwy])?)+)?)?$/.test(range) || /[$(*/+-]/.test(range))
      continue;
    return { message: `[${range}] is no duration`, offset: token.offset, help: "Use a duration such as 5m or 1h30m." };
  }
  return undefined;
}

function functionFault(tokens: readonly Token[]): Fault | undefined {
  for (const [index, { kind, text, offset }] of tokens.entries()) {
    if (kind !== "name" || tokens[index + 1]?.text !== "(" || tokens[index + 1]?.kind !== "sign") continue;
    const isKeyword = /^(?:by|without|on|ignoring|group_left|group_right|and|or|unless|bool|offset|atan2)$/i.test(text);
    const isKnown = isKeyword || known.has(text.toLowerCase());
    const meant = isKnown ? undefined : [...functions].find((one) => isOneEditApart(text, one));
    if (meant !== undefined) return { message: `${text} is no function`, offset, help: `Did you mean ${meant}?` };
    const near = isKnown ? undefined : nearest(text, functions);
    if (near !== undefined)
      return { message: `${text} is no function`, offset, help: `Did you mean ${near}?`, isUnsure: true };
    const inner = rangeFunctions.has(text) ? argumentsOf(tokens, index + 1) : [];
    const isPlain = inner.length > 0 && !inner.some((one) => one.kind === "sign" && /[[($]/.test(one.text));
    if (isPlain) return { message: `${text} needs a range`, offset, help: `Add one, such as [5m].` };
  }
  return undefined;
}

/** The tokens between a parenthesis and its partner. */
function argumentsOf(tokens: readonly Token[], start: number): readonly Token[] {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    const { kind, text } = tokens[at] ?? { kind: "name", text: "" };
    if (kind === "sign" && text === "(") depth += 1;
    if (kind === "sign" && text === ")") depth -= 1;
    if (depth === 0) return tokens.slice(start + 1, at);
  }
  return [];
}
