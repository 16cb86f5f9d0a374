// Writes the documents that are made from the schema of `tempered train`'s settings.
//
//   npx tsx scripts/config-documents.ts && npx biome check --write docs

import { writeFileSync } from "node:fs";
import { configurationMarkdown, configurationSchema } from "../src/cli/config/documents.ts";

writeFileSync(new URL("../docs/configuration.md", import.meta.url), configurationMarkdown());
writeFileSync(new URL("../docs/config.schema.json", import.meta.url), configurationSchema());
