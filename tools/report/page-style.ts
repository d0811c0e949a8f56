/** The style sheet of the HTML report: light or dark as the reader's system; colours only mark results. */
export const css = `
:root { color-scheme: light dark; --line: #d0d7de; --error: #b3261e; --warning: #7a5200; --valid: #1a6b2f; --dim: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --error: #ff8a80; --warning: #f0c060; --valid: #7ee2a0; --dim: #a0a9b3; }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; }
h2, h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
h3 { margin: 0; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
code, p, th, td { overflow-wrap: anywhere; unicode-bidi: isolate; }
p { margin: 0.25rem 0; white-space: pre-wrap; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; font-weight: normal; }
thead th { color: var(--dim); }
article { border-left: 3px solid var(--line); margin: 0.75rem 0; padding-left: 0.75rem; }
.where, .waived, .info { color: var(--dim); }
.valid { color: var(--valid); }
h1.error, td.error, span.error { color: var(--error); }
span.warning { color: var(--warning); }
`;
