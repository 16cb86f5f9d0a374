// The doctor on logs of strangers: `npx tsx test/public-logs.ts FOLDER`, where FOLDER/OWNER/NAME holds each repository at
// the commit below. Nothing of them is kept here but where they are and what their numbers say, as we read them by hand.
// What is not there is passed over; exit code 1 where the doctor says something else.

import { existsSync } from "node:fs";
import { diagnose, type FindingId, type Verdict } from "../src/doctor/index.ts";
import { readPaths } from "../src/runs/readers/find-logs.node.ts";

interface PublicLog {
  readonly program: string;
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly verdict: readonly Verdict[];
  /** Ids of which one stands first among errors and warnings; none of them where it is left out. */
  readonly first?: readonly FindingId[];
  /** Why, from the numbers. */
  readonly because: string;
}

const MFRL = {
  program: "TensorFlow 2, α = softplus(x), Spinning Up's logger",
  repository: "vermouth1992/mfrl",
  commit: "3d10334a5be05846c2fc87220f41fb0fde82b6f9",
};
const D3RLPY = {
  program: "d3rlpy, offline",
  repository: "takuseno/d3rlpy-benchmarks",
  commit: "1771c9b23322b5f4296fa761c49808d33f967342",
};
const ALESSIA = {
  program: "Stable-Baselines3",
  repository: "AlessiaRossi/RL-algorithm-to-train-a-selected-MuJoCo-agent",
  commit: "a300425c3683b71ab0530627e5d6a12c1a46cb85",
};
const SACD = {
  program: "own PyTorch SAC for discrete actions, event file",
  repository: "XinJingHao/DRL-Pytorch",
  commit: "83486646f12d44e4e94a834e495b81a8f2710055",
};
const STOCKS = {
  program: "FinRL on Stable-Baselines3, event file",
  repository: "SPrense/Combined-temporal-feature-on-reinforcement-learning-for-automated-stock-trading",
  commit: "95a32439e69facb907122d9b70a65de2b0681f4f",
};
const SENTIMENT = {
  program: "FinRL on Stable-Baselines3, event file",
  repository: "fatihoezkan/FinRL_deepseek_sentiment",
  commit: "1971104d537259a540803c2a64be2bff6461c97f",
};
const CQL = { ...D3RLPY, program: "rlkit's CQL, offline" };

const logs: readonly PublicLog[] = [
  {
    ...MFRL,
    path: "data/Humanoid-v2_sac/Humanoid-v2_sac_s41/progress.txt",
    verdict: ["healthy"],
    because:
      "log π stays within 0.4 of its target of 17 for 10 million steps, the return rises from 125 to 7,500. Rows are means over 5,000 updates, so small gaps move α little, and one rise of 0.85 e-folds in a row is no reset.",
  },
  {
    ...MFRL,
    path: "data/HalfCheetah-v2_sac/HalfCheetah-v2_sac_s31/progress.txt",
    verdict: ["healthy"],
    because:
      "log π is on its target of 6 after 100,000 steps, the return is 14,600; α rises as the task asks for it.",
  },
  {
    ...D3RLPY,
    path: "d4rl/sac/SAC_halfcheetah-medium-replay-v0_1_20210824141313",
    verdict: ["healthy"],
    because:
      "α falls from 0.87 to 0.093 and stays, the gap is closed, the critic's loss is 13, evaluations earn 4,400.",
  },
  {
    ...D3RLPY,
    path: "d4rl/sac/SAC_hopper-medium-v0_1_20210825015951",
    verdict: ["suspect", "fault"],
    first: ["q-diverged", "alpha-exploded"],
    because: "Q reaches 1.7e11 and α 1.3e8 where no evaluation earns more than 91: they feed each other.",
  },
  {
    ...D3RLPY,
    path: "d4rl/sac/SAC_hopper-medium-replay-v0_1_20210825044604",
    verdict: ["suspect", "fault"],
    first: ["critic-loss-growing", "q-diverged", "alpha-exploded"],
    because:
      "the critic's loss grows from 289 to 4e8, Q to 4e5, α to 524, and evaluations fall from 1,020 to 1.",
  },
  {
    ...CQL,
    path: "baselines/cql/hopper/random/26840/CQL_offline_mujoco_runs/26840_2021_05_28_13_28_18_0000--s-0/progress.csv",
    verdict: ["healthy"],
    because: "the entropy is on its target of −3 from 90,000 updates on, α rests at 0.46.",
  },
  {
    ...CQL,
    path: "baselines/cql/walker2d/random/384120/CQL_offline_mujoco_runs/384120_2021_05_29_23_41_58_0000--s-0/progress.csv",
    verdict: ["suspect", "fault"],
    first: ["reward-scale-large", "q-diverged"],
    because:
      "the entropy stays 11 nats below its target, |Q| is 950,000 and α climbs 13.5 e-folds at its full pace.",
  },
  {
    program: "Stable-Baselines3, progress.csv",
    repository: "Agustinlopezf/CEIA-AprendizajeRefuerzoII",
    commit: "4a2c97c1868eb773c8a5f6f4699df80fc9fd9081",
    path: "logs/sac/progress.csv",
    verdict: ["healthy"],
    because:
      "the gap goes from 6.5 (four dimensions) to 0 within 15,000 steps, the return from −106 to above −70.",
  },
  {
    program: "Stable-Baselines3, event file",
    repository: "albert4183r7/SAC-VANET",
    commit: "26eb836d0a20b4717ac5d48add583b69adcfe629",
    path: "SB3/logs/SAC_VANET_1",
    verdict: ["healthy", "inconclusive"],
    because:
      "α moves between 0.86 and 1.9 over 19,000 updates with gaps of both signs: near 1 the log-α loss says little, and nothing speaks against the run.",
  },
  {
    program: "Stable-Baselines3, α fixed",
    repository: "p1m0/GIST-RL-Project",
    commit: "21ad770e445ce1a349ce9b9c97884157d317169f",
    path: "data/SB_SAC_Ant-v5_07-06-2025_11-53-30_GOOD",
    verdict: ["healthy"],
    because: "ent_coef is 0.05 in every row and there is no ent_coef_loss: a choice.",
  },
  {
    program: "own PyTorch loop, Stable-Baselines3's logger",
    repository: "sottsout/SAC_PROJECT",
    commit: "27eaa66092b603b29981062b077527911917793f",
    path: "logs/progress.csv",
    verdict: ["inconclusive"],
    because:
      "after 87 episodes the gap is the untrained policy's still (4.96, then 4.97) and α falls at its rate from 0.98 to 0.41. No step is logged: nobody can say whether that is too fast.",
  },
  {
    program: "own TensorFlow 2 loop, event file",
    repository: "JunuHong/SAC",
    commit: "08279a01e1b6964d571867797c084505844dc1fa",
    path: "path/logs/20201122-231808",
    verdict: ["healthy", "inconclusive"],
    because:
      "the gap shrinks from 1.42 to 0.1 while α falls to 0.06, and the return rises from −1,700 to −120: Pendulum learned in 50 episodes.",
  },
  {
    ...D3RLPY,
    path: "d4rl/sac/SAC_walker2d-medium-v0_1_20210823201846",
    verdict: ["suspect", "fault"],
    first: ["critic-loss-growing", "q-diverged"],
    because:
      "the entropy is on its target, but Q reaches 104,000 and the critic's loss 3e7 (from 1,100) where no evaluation earns more than 1,020 and the last ones earn 5.",
  },
  {
    ...D3RLPY,
    path: "d4rl/sac/SAC_hopper-random-v0_9_20220430182537",
    verdict: ["suspect", "fault"],
    first: ["alpha-exploded", "q-diverged", "critic-loss-growing"],
    because:
      "α climbs from 1 to 632 and Q to 530,000: a step's entropy is worth ten of the best episodes (178).",
  },
  {
    ...ALESSIA,
    path: "results/logs/sac/progress.csv",
    verdict: ["suspect"],
    first: ["alpha-lr-too-high"],
    because:
      "the learning rate is 0.0097, and α is at 3.5e-4 after 974 updates; the return stays at 1,750 where another run earns 2,300.",
  },
  {
    ...ALESSIA,
    path: "results/logs/sac/events.out.tfevents.1738339754.Alessia.10752.1",
    verdict: ["suspect"],
    first: ["alpha-lr-too-high"],
    because: "the same run without a count of updates: its first row comes at step 4,000.",
  },
  {
    ...ALESSIA,
    path: "results/logs/sac/events.out.tfevents.1736703963.Bacr-PC.20348.1",
    verdict: ["healthy"],
    because:
      "α is 0.00157 in all 500 rows without a loss; evaluations far below training are worth a remark.",
  },
  {
    ...SACD,
    path: "5.1 SAC-Discrete/runs/SACD_CPV1 2022-10-09 11_34",
    verdict: ["healthy"],
    because: "two actions: the entropy goes to 0.42 = 0.6 log 2 and stays, α moves both ways.",
  },
  {
    ...SACD,
    path: "5.1 SAC-Discrete/runs/SACD_LLdV2 2022-10-09 11_49",
    verdict: ["healthy"],
    because: "four actions: the entropy is 0.83 = 0.6 log 4 from 40,000 steps on.",
  },
  {
    program: "Stable-Baselines3, event file",
    repository: "eisa22/rl_project_sac",
    commit: "904196fea5ca969726413e59df92ec7a90350939",
    path: "metaworld_multitask_logs/SAC_1",
    verdict: ["inconclusive"],
    because:
      "seven rows: the gap is 6.7 (four dimensions), then 6.4 and 4.5, α falls at 3e-4 and the return rises from 198 to 323.",
  },
  {
    ...STOCKS,
    path: "results/sac/events.out.tfevents.1690258225.MacBook-Air.local.75397.1",
    verdict: ["suspect"],
    first: ["reward-scale-large", "entropy-unresponsive", "q-diverged"],
    because:
      "the gap is −188 all along, α climbs at its full 1e-4 and the critic's loss is 1e7 to 1e8: a saturated policy.",
  },
  {
    ...STOCKS,
    path: "results/sac/events.out.tfevents.1688290871.HanlindeMacBook-Air.local.97422.7",
    verdict: ["suspect"],
    first: ["reward-scale-large", "entropy-unresponsive", "q-diverged"],
    because: "the same, over a step axis that starts again; α runs on from 1.6 to 2.2 there.",
  },
  {
    ...SENTIMENT,
    path: "results/sac/events.out.tfevents.1749319625.fatihs-MacBook-Pro.local.18958.1",
    verdict: ["suspect"],
    first: ["entropy-unresponsive", "reward-scale-large", "alpha-exploded"],
    because: "sixteen rows: the gap is −32 in each, α climbs 13.8 e-folds, the critic's loss to 4e11.",
  },
  {
    ...SENTIMENT,
    path: "results/sac/events.out.tfevents.1749777056.fatihs-MacBook-Pro.local.41685.1",
    verdict: ["healthy"],
    because: "α is 0.005 in every row and there is no loss of it: a choice.",
  },
  {
    program: "FinRL on Stable-Baselines3, event file",
    repository: "niananto/Stock-Trader",
    commit: "9f8ac0257b5b55f5185ea969e053aa442f52976c",
    path: "results/sac/events.out.tfevents.1708889467.ruhul-MS-7B98.31646.5",
    verdict: ["inconclusive", "healthy"],
    because: "nine rows: the gap goes from 67 to 1 within 60,000 updates and changes sign; α turns at 6e-4.",
  },
];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.log("Expected a folder with OWNER/NAME checked out for each of:");
  for (const at of new Set(logs.map(({ repository, commit }) => `${repository} at ${commit}`)))
    console.log(`  ${at}`);
} else {
  let wrong = 0;
  for (const log of logs) if ((await judged(log, folder)) === "wrong") wrong++;
  process.exitCode = wrong > 0 ? 1 : 0;
}

async function judged(log: PublicLog, root: string): Promise<"right" | "wrong" | "absent"> {
  const path = `${root}/${log.repository}/${log.path}`;
  console.log(`\n${log.repository} ${log.path}\n  ${log.program}: ${log.because}`);
  if (!existsSync(path)) {
    console.log("  not there: passed over");
    return "absent";
  }
  const { series, errors } = await readPaths([path]);
  const run = series[0];
  const found = run && diagnose(run);
  const loud = found?.findings.filter(({ severity }) => severity !== "info").map(({ id }) => id) ?? [];
  const expected = `${log.verdict.join(" or ")}${log.first ? `, ${log.first.join(" or ")} first` : ""}`;
  const said = found ? [found.verdict, ...loud].join(", ") : errors.map(({ message }) => message).join("; ");
  const first = loud[0];
  const right =
    found !== undefined &&
    log.verdict.includes(found.verdict) &&
    (first === undefined ? log.first === undefined : log.first?.includes(first) === true);
  console.log(`  expected ${expected}\n  found    ${said}${right ? "" : "   ← WRONG"}`);
  return right ? "right" : "wrong";
}
