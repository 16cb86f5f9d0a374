// What a part needs of ONNX Runtime: sessions over tensors that stand still. Two ways lead there.
//
// The C API (c-api.ts), called through the optional package koffi: a session is told once where its tensors stand, and a
// run is one call. The Node API, onnxruntime-node as it is: every run hands over every tensor, 0.2 ms an update.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but types.

import type { InferenceSession, OnnxValue, Tensor } from "onnxruntime-node";

/** A tensor that a session reads or writes where it stands. */
export interface Standing {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Session {
  /** Computes the outputs from the inputs. @throws Error with ONNX Runtime's words */
  run(): Promise<void> | undefined;
  release(): Promise<void> | undefined;
}

export interface SessionOptions {
  readonly threads: number;
  /** For several sessions with several threads: those of a session at rest would take the cores from the one at work. */
  readonly stopSpinning: boolean;
}

export interface Sessions {
  /** @param model an ONNX model */
  create(
    model: Uint8Array,
    options: SessionOptions,
    inputs: readonly Standing[],
    outputs: readonly Standing[],
  ): Promise<Session>;
}

export type Runtime = typeof import("onnxruntime-node");

/** The output that keeps onnxruntime-node from copying the others (in-place.ts). */
export const SEQUENCE = "sequence";

/**
 * Sessions of onnxruntime-node.
 * @param refusal what a run of a model with `SEQUENCE` says when all is well; undefined where the models have none
 */
export function nodeApi(runtime: Runtime, refusal: string | undefined): Sessions {
  const tensors = (standing: readonly Standing[]): Record<string, Tensor> =>
    Object.fromEntries(
      standing.map(({ name, shape, values }) => [name, new runtime.Tensor("float32", values, shape)]),
    );
  return {
    async create(model, { threads, stopSpinning }, inputs, outputs) {
      const options: InferenceSession.SessionOptions = {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        enableCpuMemArena: true,
        enableMemPattern: true,
        // ONNX Runtime's warnings about shapes it folds are of no use to a user.
        logSeverityLevel: 3,
        ...(stopSpinning ? { extra: { session: { force_spinning_stop: "1" } } } : {}),
      };
      const session = await runtime.InferenceSession.create(model, options);
      const feeds = tensors(inputs);
      const fetches: Record<string, OnnxValue | null> = {
        ...(refusal === undefined ? {} : { [SEQUENCE]: null }),
        ...tensors(outputs),
      };
      return {
        async run() {
          try {
            await session.run(feeds, fetches);
          } catch (error) {
            // Refused is what it should be: the outputs have been written.
            if (refusal === undefined || (error as Error).message !== refusal) throw error;
          }
        },
        release: () => session.release(),
      };
    },
  };
}
