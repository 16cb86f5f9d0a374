// How threads wait for each other: words in shared memory, watched by spinning for a while and then by sleeping.
// The first words of the memory belong to this file; src/engines/wasm/tape.ts has the same addresses.

/** Changes with every run: what workers wait for. */
const GO: usize = 64;
const ARRIVED: usize = 128;
/** Changes whenever all threads have arrived at a barrier. */
const PASSED: usize = 192;
const SLEEPERS: usize = 256;
/** Not 0 once any thread has given up. */
const FAILED: usize = 320;
/** Not 0 when workers should end. */
const STOP: usize = 384;

/** How often a thread looks before it sleeps: for some hundred microseconds at a barrier, a millisecond between runs. */
const SPINS_AT_BARRIER = 200_000;
const SPINS_BETWEEN_RUNS = 1_000_000;
/** Nanoseconds of sleep after which a thread at a barrier asks whether to go on waiting. */
const NAP: i64 = 50_000_000;
const FOR_EVER: i64 = -1;

/** Asked now and then by a thread that waits, the first time with 0: whether to give up. */
// @ts-ignore: decorator
@external("env", "stalled")
declare function stalled(asked: i32): i32;

/** Waits until the word at `at` is no longer `from`; false if it never will. Browsers let only workers sleep. */
function awaitChange(at: usize, from: i32, spins: i32, maySleep: bool, nap: i64): bool {
  let asked = 0;
  while (true) {
    for (let i = 0; i < spins; i++) if (atomic.load<i32>(at) != from) return true;
    if (atomic.load<i32>(FAILED)) return false;
    if (maySleep) {
      atomic.add<i32>(SLEEPERS, 1);
      atomic.wait<i32>(at, from, nap);
      atomic.sub<i32>(SLEEPERS, 1);
    }
    if (stalled(asked++)) return false;
  }
}

function change(at: usize): void {
  atomic.add<i32>(at, 1);
  if (atomic.load<i32>(SLEEPERS)) atomic.notify(at, -1);
}

/** Waits until `threads` threads are here; false if one of them is lost. */
export function barrier(threads: i32, maySleep: bool): bool {
  const passed = atomic.load<i32>(PASSED);
  if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    change(PASSED);
    return true;
  }
  return awaitChange(PASSED, passed, SPINS_AT_BARRIER, maySleep, NAP);
}

/** Lets the workers begin a run. */
export function go(): void {
  change(GO);
}

/** A worker waits for the next run after run number `seen`; false if it should end. */
export function awaitRun(seen: i32): bool {
  return awaitChange(GO, seen, SPINS_BETWEEN_RUNS, true, FOR_EVER) && !atomic.load<i32>(STOP);
}

export function runNumber(): i32 {
  return atomic.load<i32>(GO);
}

/** Tells every thread to give up. */
export function fail(): void {
  atomic.store<i32>(FAILED, 1);
  atomic.store<i32>(STOP, 1);
  change(GO);
  change(PASSED);
}
