// Who may open the dashboard: on a machine that is shared, whoever has the word that nobody else can see.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tokenOf } from "./command.ts";

it("the word comes from a file, a flag or a variable, in this order", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tempered-token-"));
  const tokenFile = join(scratch, "word");
  writeFileSync(tokenFile, "from-a-file\n");
  const env = { TEMPERED_TOKEN: "from-a-variable" };
  expect(tokenOf({}, env)).toBe("from-a-variable");
  expect(tokenOf({ token: "from-a-flag" }, env)).toBe("from-a-flag");
  expect(tokenOf({ token: "from-a-flag", tokenFile }, env)).toBe("from-a-file");
  rmSync(scratch, { recursive: true });
  expect(() => tokenOf({ tokenFile }, env)).toThrow(`Expected a token in ${tokenFile}`);
});

it("there is one by itself where the machine was entered from afar, unless none is wanted", () => {
  const env = { SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" };
  expect(tokenOf({}, env)).toMatch(/^[\w-]{16}$/);
  expect(tokenOf({}, env)).not.toBe(tokenOf({}, env));
  expect(tokenOf({ token: "none" }, env)).toBeUndefined();
});
