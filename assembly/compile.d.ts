export interface KernelModule {
  readonly entry: string;
  readonly flags: readonly string[];
  readonly target: string;
}
export const modules: readonly [KernelModule, KernelModule, KernelModule, KernelModule];
export function compile(module?: KernelModule): Promise<Uint8Array>;
export function moduleText(bytes: Uint8Array): string;
