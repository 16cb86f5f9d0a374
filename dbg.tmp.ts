import { sacUpdate } from "./src/sac/update.ts";
import { plan } from "./src/engines/wasm/plan.ts";
import * as S from "./src/engines/wasm/schedule.ts";
const g = sacUpdate({ observationSize: 17, actionSize: 6, hidden: [256,256], batchSize: 256, gamma: .99, tau: .005 });
const p = plan(g, 2);
console.log("bytes", p.bytes, "tapes", p.tapes.map(t=>t.length), (p as any).debug);
const turns=(globalThis as any).TURNS as S.Turn[];
let phase=-1; 
for (const t of turns) { if (t.phase!==phase) { phase=t.phase; console.log("---- phase", phase); }
 console.log(t.shares.map(s=>`T${s.thread}[${s.from},${s.to})`).join(" "), "cost", (t.step.cost/1000).toFixed(1)+"us", t.step.makes.map(m=>m.op.kind+"["+m.shape+"]").join(" ").slice(0,150)); }
