// Saved agents in a browser: each a file in the origin's private file system, which outlives the page. A file is replaced as a
// whole when its last byte is written, so that a page that is closed meanwhile leaves the agent that was there before.

import { TemperedError } from "../errors.ts";
import { decodeAgent, encodeAgent } from "./agent-bytes.ts";
import type { AgentState } from "./agent-state.ts";

/** Holds all agents, apart from files of the page's own. */
const FOLDER = "tempered";

/**
 * Saves the agent of that state under `name`, where one that was saved there before is replaced.
 * @throws TemperedError (NO_STORAGE) where the browser has no such file system; (AGENT_NAME); (STORAGE) where it is full
 */
export async function saveAgent(state: AgentState, name: string): Promise<void> {
  const bytes = encodeAgent(state);
  const file = await fileOf(name, true);
  if (!("createWritable" in file)) throw noStorage();
  try {
    const writable = await file.createWritable();
    try {
      await writable.write(bytes);
    } catch (error) {
      await writable.abort();
      throw error;
    }
    await writable.close();
  } catch (cause) {
    throw new TemperedError(
      "STORAGE",
      `Expected room for an agent of ${bytes.length} bytes in the browser's storage, got: ${(cause as Error).message}; ` +
        "what was saved before is still there",
      { cause },
    );
  }
}

/** @throws TemperedError (NO_AGENT, NO_STORAGE, AGENT_NAME, and those of `decodeAgent`) */
export async function readAgentState(name: string): Promise<AgentState> {
  let file: File;
  try {
    file = await (await fileOf(name, false)).getFile();
  } catch (cause) {
    if (cause instanceof TemperedError) throw cause;
    throw new TemperedError(
      "NO_AGENT",
      `Expected an agent saved as "${name}" in this browser, got: ${(cause as Error).message}; it is kept by the ` +
        "address (origin) of the page that saved it",
      { cause },
    );
  }
  try {
    return decodeAgent(await file.arrayBuffer());
  } catch (cause) {
    if (!(cause instanceof TemperedError)) throw cause;
    throw new TemperedError(cause.code, `"${name}": ${cause.message}`, { cause });
  }
}

async function fileOf(name: string, create: boolean): Promise<FileSystemFileHandle> {
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new TemperedError(
      "AGENT_NAME",
      `Expected the name of an agent, such as "walker" or "walkers/best", got ${JSON.stringify(name)}`,
    );
  }
  if (typeof navigator.storage?.getDirectory !== "function") throw noStorage();
  let folder = await navigator.storage.getDirectory();
  for (const part of [FOLDER, ...parts.slice(0, -1)])
    folder = await folder.getDirectoryHandle(part, { create });
  return folder.getFileHandle(`${parts.at(-1)}.safetensors`, { create });
}

function noStorage(): TemperedError {
  return new TemperedError(
    "NO_STORAGE",
    "Expected a browser with the Origin Private File System on a secure page (https or localhost), got none; keep " +
      "`await agent.toBytes()` where you can, and come back with `SAC.fromBytes`",
  );
}
