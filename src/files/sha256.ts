// SHA-256 (FIPS 180-4) where Node's is not to be had: pages get theirs from the browser only on secure addresses, and a phone
// that plays a game from the next room's computer is on none.

const K = new Uint32Array(64);
const INITIAL = new Uint32Array(8);
// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8.
for (let n = 2, found = 0; found < 64; n++) {
  if (!isPrime(n)) continue;
  K[found] = fractionOfRoot(n, 3n);
  if (found < 8) INITIAL[found] = fractionOfRoot(n, 2n);
  found++;
}

/** In hexadecimal digits. */
export function sha256(content: Uint8Array): string {
  const state = INITIAL.slice();
  const words = new Uint32Array(64);
  const whole = content.length - (content.length % 64);
  digest(state, words, content, whole);
  // The rest, a one, zeros, and the length in bits.
  const rest = new Uint8Array(content.length - whole < 56 ? 64 : 128);
  rest.set(content.subarray(whole));
  rest[content.length - whole] = 0x80;
  new DataView(rest.buffer).setBigUint64(rest.length - 8, 8n * BigInt(content.length));
  digest(state, words, rest, rest.length);
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}

function digest(state: Uint32Array, w: Uint32Array, content: Uint8Array, length: number): void {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  for (let at = 0; at < length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15]!, w[i - 2]!];
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
      const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < 64; i++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const first = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i]! += word;
    });
  }
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

/** The largest integer whose power is not above n·2^(32·power), without its whole part. */
function fractionOfRoot(n: number, power: bigint): number {
  const wanted = BigInt(n) << (32n * power);
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root + bit) ** power <= wanted) root += bit;
  return Number(root & 0xffffffffn);
}
