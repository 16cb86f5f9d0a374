// What the fused arithmetic's module offers: the kernels of the portable one, and products with a mask.

export * from "./index";
export { addWords, storeSums } from "./mask";
