// The right programs that the reader is only measured with: whoever develops it looks at none of them.

import { functional } from "./held-out-functional.ts";
import { games } from "./held-out-games.ts";
import { research } from "./held-out-research.ts";
import type { Variant } from "./variant.ts";

export const heldOut: readonly Variant[] = [...research, ...functional, ...games];
