// The thread in which long runs are diagnosed: a series comes, its diagnosis goes.

import { parentPort } from "node:worker_threads";
import type { Series } from "../runs/series.ts";
import { shownDiagnosis } from "./shown-diagnosis.ts";

parentPort!.on("message", (series: Series) => parentPort!.postMessage(shownDiagnosis(series)));
