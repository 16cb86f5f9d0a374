/** The bytes that `text` holds; like the kernels' modules, they reach Node, browsers and bundlers alike. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
