// Adam and the targets' movement as steps over flat arrays.

import { sizeOf } from "../../graph/index.ts";
import type { AdamStep, PolyakStep } from "../optimisers.ts";
import { addressOf, shared, whole } from "./buffers.ts";
import type { Places } from "./places.ts";
import type { Step } from "./step.ts";
import { instruction } from "./tape.ts";

export function adamStep(adam: AdamStep, places: Places): Step {
  const [parameter, moment1, moment2, gradient] = [...adam.states, adam.gradient].map((x) => places.of(x));
  const [size, epsilon, keep] = [places.of(adam.size), places.of(adam.epsilon), places.of(adam.keep)];
  const written = [parameter!, moment1!, moment2!].map((place) => shared(place, 1));
  const floats = sizeOf(adam.gradient.shape);
  return {
    needs: adam.needs,
    makes: adam.values,
    after: [],
    reads: [...written, shared(gradient!, 1), whole(size, 1), whole(epsilon, 1), whole(keep, 1)],
    writes: written,
    size: floats,
    grain: 16,
    cost: floats,
    emit(tape, from, to) {
      const [p, m, v, g] = [parameter!, moment1!, moment2!, gradient!].map((x) => addressOf(x) + 4 * from);
      tape.push(instruction.adam, p!, m!, v!, g!, to - from);
      tape.push(tape.bitsOf(adam.beta1), tape.bitsOf(adam.beta2), addressOf(size), addressOf(epsilon));
      tape.push(addressOf(keep));
    },
  };
}

export function polyakStep({ states, values, parameter, tau }: PolyakStep, places: Places): Step {
  const [target, source] = [places.of(states[0]!), places.of(parameter)];
  const floats = sizeOf(parameter.shape);
  return {
    needs: [...states, parameter],
    makes: values,
    after: [],
    reads: [shared(target, 1), shared(source, 1)],
    writes: [shared(target, 1)],
    size: floats,
    grain: 16,
    cost: floats * 0.4,
    emit(tape, from, to) {
      const [t, p] = [target, source].map((x) => addressOf(x) + 4 * from);
      tape.push(instruction.polyak, t!, p!, to - from, tape.bitsOf(tau));
    },
  };
}
