// Evaluations start from the same episodes every time, so that their figures can be compared; from others than the
// small seeds that training usually has.

export const EVALUATION_SEED = 12_345;
