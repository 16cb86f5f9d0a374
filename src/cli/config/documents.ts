// The settings of `train` as documents: a page of Markdown for people, and a JSON Schema for their editors.

import { defaultText, type FieldName, fieldNames, metaOf, trainJsonSchema } from "../../training/settings.ts";
import { flagSpelling } from "../flag-spelling.ts";

export function configurationMarkdown(): string {
  return `# Settings

Every setting of \`tempered train\` is a flag and a key of a config file (\`--config FILE\`, TOML or JSON); flags override
the file. Keys may be written \`learningRate\`, \`learning_rate\` or \`learning-rate\`, and have the names of other
programs too. A run's \`run.json\` is a config file that repeats the run. This page is made from the schema by
\`npx tsx scripts/config-documents.ts\`, and so is [config.schema.json](config.schema.json).

| key | flag | default | other names | what it is |
| --- | --- | --- | --- | --- |
${fieldNames.map(row).join("\n")}

\`ent_coef = "auto_0.1"\` is understood as Stable-Baselines3 does: \`alpha = "auto"\` and \`initial_alpha = 0.1\`.

\`\`\`toml
env = "Pendulum-v1"
steps = 10_000
learning_rate = 3e-4
net_arch = [256, 256]

[temperature]
target_entropy = { shape = "cosine", start = 0.0, end = -1.0, steps = 5_000 }
min = 0.01
\`\`\`
`;
}

export function configurationSchema(): string {
  return `${JSON.stringify(trainJsonSchema(), null, 2)}\n`;
}

function row(name: FieldName): string {
  const { description, placeholder, aliases = [] } = metaOf(name);
  const flag = name === "env" ? "ENV" : `--${flagSpelling(name)} ${placeholder}`.trimEnd();
  const cells = [
    `\`${name}\``,
    `\`${flag.replaceAll("|", "\\|")}\``,
    defaultText(name) ?? "",
    aliases.map((alias) => `\`${alias}\``).join(", "),
    description.replaceAll("|", "\\|"),
  ];
  return `| ${cells.join(" | ")} |`;
}
