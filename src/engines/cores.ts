// How many threads this machine runs at once for this program: cores that the system lets it use, less what a container's
// quota takes away. A page leaves one core to itself.

export function coresHere(): number {
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  if (os) return Math.max(1, Math.min(os.availableParallelism(), Math.floor(quota())));
  return Math.max(1, (globalThis.navigator?.hardwareConcurrency ?? 1) - 1);
}

/** Cores that Linux's control group may use; newer Nodes know of it, Node 20 does not. */
function quota(): number {
  try {
    const fs = process.getBuiltinModule("node:fs");
    const [most, period] = fs.readFileSync("/sys/fs/cgroup/cpu.max", "utf8").split(" ");
    return most === "max" ? Infinity : Math.max(1, Number(most) / Number(period));
  } catch {
    return Infinity;
  }
}
