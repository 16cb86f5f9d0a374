import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../training/setting-names.ts";
import { configurationMarkdown, configurationSchema } from "./documents.ts";

const document = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

/** The formatter pads the columns of tables. */
const unpadded = (text: string) => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

describe("the documents of the settings", () => {
  it("are those of the schema; if not, run npx tsx scripts/config-documents.ts", () => {
    expect(unpadded(document("configuration.md"))).toBe(unpadded(configurationMarkdown()));
    expect(JSON.parse(document("config.schema.json"))).toEqual(JSON.parse(configurationSchema()));
  });

  it("have an example that is read as it says", () => {
    const [, toml] = /```toml\n([^`]+)```/.exec(configurationMarkdown())!;
    expect(settingsOf(parse(toml!))).toMatchObject({ hidden: [256, 256], alphaMin: 0.01, steps: 10_000 });
  });
});
