// The page's beginning.

import { render } from "preact";
import { followTheme } from "../../shared/colors.ts";
import { App } from "./app.tsx";
import { connect } from "./store.ts";
import { followStudy } from "./study-store.ts";

followTheme();
connect();
followStudy();
const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
