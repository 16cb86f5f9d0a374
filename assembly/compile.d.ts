export interface KernelModule {
  readonly entry: string;
  readonly flags: readonly string[];
}
type Written = KernelModule & { readonly target: string };
export const modules: readonly [Written, Written, Written, Written];
export const kernels: { readonly portable: Written; readonly fused: Written; readonly masks: Written };
export function compile(module: KernelModule): Promise<Uint8Array>;
export function moduleText(bytes: Uint8Array): string;
export function packedText(bytes: Uint8Array): string;
