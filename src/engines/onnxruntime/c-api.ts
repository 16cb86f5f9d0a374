// Sessions by ONNX Runtime's C API, whose library onnxruntime-node brings along, called through the foreign function
// interface of koffi. The API is a table of functions in an order that never changes: new versions add to its end
// (onnxruntime_c_api.h). Every function but those that release returns a status, null where all is well.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but types.

import type { Session, SessionOptions, Sessions, Standing } from "./session.ts";

export type Koffi = typeof import("koffi");
type TypeSpec = Parameters<Koffi["sizeof"]>[0];

/** The version of the API that is asked for, ONNX Runtime 1.16's: all that we call is older, and later libraries have it. */
const API_VERSION = 16;

/** Where the functions stand in the table. */
const TABLE = {
  GetErrorMessage: 2,
  CreateEnv: 3,
  CreateSessionFromArray: 8,
  CreateSessionOptions: 10,
  SetSessionLogSeverityLevel: 22,
  SetSessionGraphOptimizationLevel: 23,
  SetIntraOpNumThreads: 24,
  CreateTensorWithDataAsOrtValue: 49,
  CreateCpuMemoryInfo: 69,
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseSessionOptions: 100,
  AddSessionConfigEntry: 130,
  RunWithBinding: 133,
  CreateIoBinding: 134,
  ReleaseIoBinding: 135,
  BindInput: 136,
  BindOutput: 137,
} as const;

const LOG_ERRORS = 3;
const ALL_OPTIMIZATIONS = 99;
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;
const FLOAT = 1;

/** An address. */
type Pointer = bigint;

/** Releases sessions that nobody released before they were collected. */
const forgotten = new FinalizationRegistry<() => void>((release) => release());

/** Libraries in use: koffi unloads one as soon as its handle is collected. */
const loaded: unknown[] = [];

/**
 * Sessions of the C API.
 * @param library the path of ONNX Runtime's library
 * @throws Error where it cannot be loaded or is too old
 */
export function cApi(koffi: Koffi, library: string): Sessions {
  const handle = koffi.load(library);
  loaded.push(handle);
  const base = handle.func("OrtGetApiBase", "void *", [])() as Pointer;
  const getApi = koffi.decode(base, "void *") as Pointer;
  const api = koffi.call(getApi, koffi.proto("void *", ["uint32_t"]), API_VERSION) as Pointer | null;
  if (api === null) throw new Error(`Expected ONNX Runtime's API of version ${API_VERSION} in ${library}`);
  const addresses = koffi.decode(api, "void *", Math.max(...Object.values(TABLE)) + 1) as Pointer[];

  const made = koffi.out(koffi.pointer("void *"));
  const entry = (name: keyof typeof TABLE, result: string, parameters: TypeSpec[]) => {
    const type = koffi.proto(result, parameters);
    return (...values: unknown[]) => koffi.call(addresses[TABLE[name]], type, ...values);
  };
  const messageOf = entry("GetErrorMessage", "const char *", ["void *"]);
  const releaseStatus = entry("ReleaseStatus", "void", ["void *"]);
  const check = (status: Pointer | null) => {
    if (status === null) return;
    const message = messageOf(status) as string;
    releaseStatus(status);
    throw new Error(message);
  };
  /** A function that does something. */
  const does = (name: keyof typeof TABLE, ...parameters: string[]) => {
    const call = entry(name, "void *", parameters);
    return (...values: unknown[]) => check(call(...values) as Pointer | null);
  };
  /** A function that makes something. */
  const makes = (name: keyof typeof TABLE, ...parameters: string[]) => {
    const call = entry(name, "void *", [...parameters, made]);
    return (...values: unknown[]): Pointer => {
      const result: [Pointer | null] = [null];
      check(call(...values, result) as Pointer | null);
      return result[0]!;
    };
  };
  const releases = (name: keyof typeof TABLE) => entry(name, "void", ["void *"]);

  const createEnv = makes("CreateEnv", "int", "const char *");
  const createOptions = makes("CreateSessionOptions");
  const setLogLevel = does("SetSessionLogSeverityLevel", "void *", "int");
  const setOptimization = does("SetSessionGraphOptimizationLevel", "void *", "int");
  const setThreads = does("SetIntraOpNumThreads", "void *", "int");
  const configure = does("AddSessionConfigEntry", "void *", "const char *", "const char *");
  const createSession = makes("CreateSessionFromArray", "void *", "const void *", "size_t", "void *");
  const createMemoryInfo = makes("CreateCpuMemoryInfo", "int", "int");
  const createTensor = makes(
    "CreateTensorWithDataAsOrtValue",
    ...["void *", "void *", "size_t", "const int64_t *", "size_t", "int"],
  );
  const createBinding = makes("CreateIoBinding", "void *");
  const bindInput = does("BindInput", "void *", "const char *", "void *");
  const bindOutput = does("BindOutput", "void *", "const char *", "void *");
  const run = does("RunWithBinding", "void *", "void *", "void *");
  const releaseOptions = releases("ReleaseSessionOptions");
  const releaseSession = releases("ReleaseSession");
  const releaseBinding = releases("ReleaseIoBinding");
  const releaseValue = releases("ReleaseValue");

  // One for the process, whoever asks for it; it ends with the process.
  const env = createEnv(LOG_ERRORS, "tempered");
  const memory = createMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY);

  const sessionOf = (model: Uint8Array, { threads, stopSpinning }: SessionOptions): Pointer => {
    const options = createOptions();
    try {
      setLogLevel(options, LOG_ERRORS);
      setOptimization(options, ALL_OPTIMIZATIONS);
      setThreads(options, threads);
      if (stopSpinning) configure(options, "session.force_spinning_stop", "1");
      return createSession(env, model, model.length, options);
    } finally {
      releaseOptions(options);
    }
  };
  return {
    async create(model, options, inputs, outputs): Promise<Session> {
      const session = sessionOf(model, options);
      const binding = createBinding(session);
      const values: Pointer[] = [];
      const bind = (bound: typeof bindInput, standing: readonly Standing[]) => {
        for (const { name, shape, values: floats } of standing) {
          const dimensions = BigInt64Array.from(shape.map(BigInt));
          const address = koffi.address(floats);
          const value = createTensor(memory, address, floats.byteLength, dimensions, shape.length, FLOAT);
          values.push(value);
          bound(binding, name, value);
        }
      };
      bind(bindInput, inputs);
      bind(bindOutput, outputs);
      let released = false;
      const release = (): undefined => {
        if (released) return;
        released = true;
        releaseBinding(binding);
        values.forEach((value) => void releaseValue(value));
        releaseSession(session);
      };
      const created: Session = {
        run(): undefined {
          run(session, null, binding);
        },
        release,
      };
      forgotten.register(created, release);
      return created;
    },
  };
}
