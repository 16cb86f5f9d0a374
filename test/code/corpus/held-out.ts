// The right programs that the reader is only measured with: whoever develops it looks at none of them.

import type { Variant } from "./variant.ts";

export const heldOut: readonly Variant[] = [];
