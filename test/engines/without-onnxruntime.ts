// Run from a copy of the sources beside which onnxruntime-node is not installed: prints what the engines say to that.

import { chooseEngine } from "../../src/engines/choose.ts";
import { onnxruntimeEngine } from "../../src/engines/onnxruntime/index.ts";

const failure = (error: unknown) => {
  const { code, message } = error as { code?: string; message: string };
  return { code, message };
};
const chosen = await chooseEngine();
console.log(
  JSON.stringify({
    asked: await onnxruntimeEngine().then(() => "made", failure),
    insisted: await chooseEngine({ engine: "onnxruntime" }).then(() => "made", failure),
    chosen: chosen.name,
  }),
);
await chosen.dispose();
