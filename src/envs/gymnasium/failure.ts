// Python's account of what went wrong, as our error.

import { GymnasiumError } from "./errors.ts";
import type { Failure } from "./protocol.ts";

/** @param python the interpreter, as the user named it */
export function failureError(id: string, python: string, failure: Failure): GymnasiumError {
  const { message, traceback, near } = failure;
  switch (failure.reason) {
    case "exception":
      return new GymnasiumError("ENV_PYTHON", `${id} raised ${message}\n\n${traceback}`, traceback);
    case "gymnasium-missing":
      return new GymnasiumError(
        "ENV_GYMNASIUM_MISSING",
        `${message}. Install it with \`${python} -m pip install gymnasium\`, or name another interpreter with the \`python\` option or the environment variable TEMPERED_PYTHON.`,
      );
    case "unknown": {
      const nearest = near.length > 0 ? ` Nearest ids: ${near.join(", ")}.` : "";
      return new GymnasiumError("ENV_UNKNOWN", `${message}${nearest}`);
    }
    case "space":
      return new GymnasiumError(
        "ENV_SPACE_UNSUPPORTED",
        `${id} cannot be used: ${message}. Expected observations of numbers and choices (Box, Discrete, MultiDiscrete, MultiBinary, Dict, Tuple), and Box, Discrete, MultiDiscrete or MultiBinary actions. Wrap it in Python in a function \`make\` of a module, and use \`module:make\`.`,
      );
    case "not-an-environment":
      return new GymnasiumError("ENV_UNKNOWN", message);
    case "protocol":
      return new GymnasiumError("ENV_PROTOCOL", message);
  }
}
