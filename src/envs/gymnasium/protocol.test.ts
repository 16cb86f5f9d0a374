import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bridgeSource } from "./bridge.generated.ts";
import { encodeOpen, KIND, numbersMessage, PROTOCOL, resultViews } from "./protocol.ts";

test("the embedded program is spaces.py and bridge.py (else run embed-bridge.ts)", () => {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
  expect(bridgeSource).toBe(`${read("./spaces.py")}${read("./bridge.py")}`);
  expect(bridgeSource).toContain(`\nPROTOCOL = ${PROTOCOL}\n`);
});

test("a message is u32 kind, u32 length and body, little-endian", () => {
  const { bytes, values } = numbersMessage(KIND.step, 2);
  values.set([1, -2]);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    ["04000000", "10000000", "000000000000f03f", "00000000000000c0"].join(""),
  );
  const open = Buffer.from(
    encodeOpen({ id: "A-v0", arguments: {}, environments: 1, autoreset: false, info: true }),
  );
  const json = '{"protocol":1,"id":"A-v0","arguments":{},"environments":1,"autoreset":false,"info":true}';
  expect(open.readUInt32LE(0)).toBe(KIND.open);
  expect(open.readUInt32LE(4)).toBe(json.length);
  expect(open.toString("utf8", 8)).toBe(json);
});

test("a result is rewards, observations, terminated, truncated, infos", () => {
  // Two environments, three float32 observations each: 8 + 2·8 + 6·4 + 2 + 2 = 52 bytes before the infos.
  const message = new ArrayBuffer(64);
  const data = new DataView(message);
  data.setFloat64(8, 0.25, true);
  data.setFloat64(16, -7, true);
  for (let i = 0; i < 6; i++) data.setFloat32(24 + 4 * i, i + 0.5, true);
  data.setUint8(49, 1);
  data.setUint8(50, 1);
  const views = resultViews(message, 2, 3, "f4");
  expect([...views.rewards]).toEqual([0.25, -7]);
  expect([...views.observations]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
  expect([...views.terminated]).toEqual([0, 1]);
  expect([...views.truncated]).toEqual([1, 0]);
  expect(views.infosAt).toBe(52);
  expect(resultViews(new ArrayBuffer(128), 2, 3, "f8").infosAt).toBe(76);
});
