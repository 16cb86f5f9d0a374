// A job-array script for Slurm in which workers pull: every element is a worker that takes segments until the queue is empty
// or its time is over. Slurm sends SIGTERM some time before the end, and the worker keeps what it has done.

import { withoutPassword } from "../../sweep/database.ts";

export interface SlurmOptions {
  readonly name: string;
  /** Elements of the array. */
  readonly workers: number;
  /** Cores of each. */
  readonly threads: number;
  readonly database: string | undefined;
}

export function slurmScript({ name, workers, threads, database }: SlurmOptions): string {
  const shown =
    database === undefined ? "postgres://USER@HOST/DATABASE" : withoutPassword(database).replace(":…@", "@");
  return `#!/bin/bash
#SBATCH --job-name=${name.replaceAll(/[^\w.-]+/g, "-")}
#SBATCH --array=1-${workers}
#SBATCH --cpus-per-task=${threads}
#SBATCH --mem-per-cpu=1G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue

# The queue is filled from anywhere: tempered sweep STUDY --out DIR --database ${shown} --yes
# The password belongs into ~/.pgpass or PGPASSWORD, not into this file. exec: the signal must reach the worker.
exec tempered worker --database ${shown} --workers 1 --once
`;
}
