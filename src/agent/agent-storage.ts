// Where `save` saves and `load` looks: in Node a directory, in a browser its private file system. Bundlers for pages
// take the second for the first (package.json's "browser").

export function agentStorage() {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  const inNode = process?.versions?.node !== undefined;
  return inNode ? import("./agent-files.node.ts") : import("./agent-files.browser.ts");
}
