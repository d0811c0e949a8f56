import { createHash } from "node:crypto";
import { unrendered } from "../load/messages.ts";
import { type Distinct, distinctByFile, occurrences } from "./distinct.ts";
import { escapeMarkup } from "./markup.ts";
import { css } from "./page-style.ts";
import type { Report, ReportContext } from "./report.ts";
import { visible } from "./style.ts";
import { type Suite, suitesOf } from "./suites.ts";
import { conditions, counted, found, sizeOf } from "./words.ts";

/**
 * A self-contained page: no scripts, fonts or links. Its policy allows only this style sheet, by its hash, so that even
 * markup that slipped through the escaping would have no effect.
 * https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
 */
export function html(report: Report, { failed }: ReportContext): string {
  const title = `${failed ? "✗" : "✓"} ${counted(report)}`;
  const known = new Set(report.targets.map(({ path }) => path));
  const files = distinctByFile(report.findings).map(({ file, distinct }) =>
    lines(
      "<section>",
      `<h2><code>${escapeMarkup(visible(file))}</code></h2>`,
      ...distinct.map((one) => article(one, known)),
      "</section>",
    ),
  );
  return lines(
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy()}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${css}</style>`,
    "</head>",
    "<body>",
    "<main>",
    `<h1 class="${failed ? "error" : "valid"}">${escapeMarkup(title)}</h1>`,
    `<p>${escapeMarkup(visible(conditions(report)))}</p>`,
    table(report),
    ...unrendered(report).map(paragraph),
    ...files,
    "</main>",
    "</body>",
    "</html>",
    "",
  );
}

function policy(): string {
  const hash = createHash("sha256").update(css).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function table(report: Report): string {
  const head = ["status", "target", "checked", "found"].map((name) => `<th scope="col">${name}</th>`).join("");
  return lines(
    "<table>",
    `<thead><tr>${head}</tr></thead>`,
    "<tbody>",
    ...suitesOf(report).map(row),
    "</tbody>",
    "</table>",
  );
}

function row({ target, findings }: Suite): string {
  const status = `<td class="${target.status === "valid" ? "valid" : "error"}">${target.status}</td>`;
  const name = `<th scope="row">${escapeMarkup(visible(target.path))}</th>`;
  return `<tr>${status}${name}<td>${sizeOf(target, findings)}</td><td>${found(findings)}</td></tr>`;
}

function article(distinct: Distinct, known: ReadonlySet<string>): string {
  const { rule, severity, waived, line, column, message, help, resource, pointer } = distinct.finding;
  const kind = waived ? "waived" : severity;
  const place = line === undefined ? "" : ` ${line}:${column ?? 1}`;
  const where = [resource, pointer].filter(Boolean).join(" ");
  const elsewhere = occurrences(distinct, known);
  return lines(
    `<article class="${kind}">`,
    `<h3><span class="${kind}">${kind}</span>${place} <code>${escapeMarkup(visible(rule))}</code></h3>`,
    ...(where ? [`<p class="where"><code>${escapeMarkup(visible(where))}</code></p>`] : []),
    paragraph(message),
    ...(help ? [paragraph(`→ ${help}`)] : []),
    ...(elsewhere ? [paragraph(elsewhere)] : []),
    "</article>",
  );
}

function paragraph(text: string): string {
  return `<p>${escapeMarkup(text)}</p>`;
}

function lines(...texts: readonly string[]): string {
  return texts.join("\n");
}
