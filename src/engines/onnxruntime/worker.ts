// What a worker thread runs, bundled with all it imports into worker.generated.ts: it finds ONNX Runtime where the main
// thread did, and serves its shard.

import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { cApi } from "./c-api.ts";
import type { Installed } from "./installed.ts";
import { type HelperData, serve } from "./serve.ts";
import { nodeApi } from "./session.ts";

export interface WorkerData extends HelperData {
  /** URL of a module that finds the packages. */
  readonly from: string;
  readonly installed: Omit<Installed, "sessions">;
}

const data = workerData as WorkerData;
const require = createRequire(data.from);
const { library, refusal } = data.installed;
const sessions = library ? cApi(require("koffi"), library) : nodeApi(require("onnxruntime-node"), refusal);
await serve(sessions, data, () => parentPort!.postMessage("ready"));
