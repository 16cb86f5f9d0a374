// What each command does, in a line: all that `tempered --help` tells of it, so that it loads none of them.

export const BRIEFS = {
  train: "Train an agent and watch α while it learns",
  resume: "Go on with a run from its last checkpoint",
  eval: "Evaluate a trained agent",
  export: "Write a trained policy for other programs",
  import: "Take over an agent that another program has trained",
  sweep: "Run a study: tasks × settings × seeds, on all cores or many machines",
  worker: "Work on the studies that are queued in a database",
  compare: "Compare anybody's runs: interquartile means with intervals",
  doctor: "Say from any program's log whether α behaves, and if not, why",
  watch: "Show every run below a folder in the browser, live",
  lab: "Train in the browser, break and mend the temperature by hand, drop in a log",
  envs: "List the environments that come along",
  bench: "Measure updates a second on this machine",
} as const;
