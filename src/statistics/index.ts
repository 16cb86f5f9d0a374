// Statistics over few, noisy runs: aggregates, intervals, comparisons.

export {
  type Aggregate,
  interquartileMean,
  mean,
  median,
  optimalityGap,
  probabilityOfImprovement,
  type Scores,
} from "./aggregates.ts";
export { type BootstrapOptions, bootstrap, type Interval, quantile, type Strata } from "./bootstrap.ts";
export { aggregateInterval, improvementInterval, performanceProfile, sampleEfficiency } from "./intervals.ts";
