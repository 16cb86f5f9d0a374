// The lab's page: a worker that trains, and what there is to see of it.

import "uplot/dist/uPlot.min.css";
import "../shared/theme.css";
import "../shared/chart.css";
import "./lab.css";
import { render } from "preact";
import { followTheme } from "../shared/colors.ts";
import { App } from "./app.tsx";
import { Laboratory } from "./laboratory.ts";

const training = new Worker(new URL("./worker/training.ts", import.meta.url), { type: "module" });
const laboratory = new Laboratory(training, location.hash);
followTheme();
render(<App laboratory={laboratory} />, document.getElementById("app")!);
