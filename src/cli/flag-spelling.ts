// Settings have one name in camelCase; on the command line it is typed with hyphens.

/** `targetEntropy` as it is typed: target-entropy. */
export function flagSpelling(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}
