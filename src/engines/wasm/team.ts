export interface Team {
  run(kernels: import("./module.ts").Kernels, tape: number): void;
  dispose(): Promise<void>;
}
