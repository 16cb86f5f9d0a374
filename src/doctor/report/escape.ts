// Logs come from anywhere, and so do the names in them: nothing from a log reaches a page or a terminal unescaped.

import { realMinus } from "../../text/numbers.ts";

/** For HTML text and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The doctor's own sentences as HTML, with minus signs where they have hyphens. */
export function prose(text: string): string {
  return escapeHtml(realMinus(text));
}

/** Which command tells more, as HTML; no line ends within its flag. */
export function explainHtml(id: string): string {
  return `<code>tempered doctor <span class="whole">--explain</span> ${escapeHtml(id)}</code> tells more`;
}

/** For a <script type="application/json"> block: no `<` that could end it, no line separators. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** For a terminal: control characters, which could move the cursor or change colours, become `?`. */
export function escapeTerminal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "?");
}

/** For Markdown text: nothing that starts a link, an image, HTML, a mention or a table cell. */
export function escapeMarkdown(text: string): string {
  return escapeTerminal(text)
    .replace(/[\\`*_[\]<>|#!~]/g, (character) => `\\${character}`)
    .replace(/@/g, "@\u200b")
    .replace(/\n/g, " ");
}
