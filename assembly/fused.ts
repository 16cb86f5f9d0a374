// What the fused arithmetic's module with masks offers: all kernels, and products with a mask.

export * from "./index";
export { addWords, storeSums } from "./mask";
