// The four reports: for a terminal, for programs, for an issue, and as a page.

export { htmlReport } from "./html.ts";
export { type JsonReport, type JsonRun, jsonReport } from "./json.ts";
export { markdownReport } from "./markdown.ts";
export { type TerminalOptions, terminalReport } from "./terminal.ts";
