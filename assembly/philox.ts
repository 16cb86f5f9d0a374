// Many blocks of src/random/philox.ts at once. JavaScript has no 64-bit product; here one is an instruction.

/**
 * Writes the four words of each of `count` blocks of a stream, from block number `low` + `high` · 2³² on.
 * @param role0 @param role1 @param key0 @param key1 as in philox
 */
export function blocks(
  to: usize, count: i32, low: u32, high: u32, role0: u32, role1: u32, key0: u32, key1: u32,
): void {
  let n = (<u64>high << 32) | low;
  for (; count > 0; count--, n++, to += 16) {
    let c0 = <u32>n, c1 = <u32>(n >> 32), c2 = role0, c3 = role1, k0 = key0, k1 = key1;
    for (let round = 0; round < 10; round++) {
      const p0 = <u64>0xd2511f53 * c0, p1 = <u64>0xcd9e8d57 * c2;
      c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
      c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
      c1 = <u32>p1;
      c3 = <u32>p0;
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    store<u32>(to, c0);
    store<u32>(to, c1, 4);
    store<u32>(to, c2, 8);
    store<u32>(to, c3, 12);
  }
}

/**
 * Turns `count` times four words into standard normal numbers, float32, where they stand: src/math/normal.ts, the same
 * operations in the same order, two numbers at a time but for the tails.
 */
export function normals(at: usize, count: i32): void {
  for (; count > 0; count--, at += 16) {
    const words = v128.load(at);
    const low = quantile(words), high = quantile(i32x4.shuffle(words, words, 2, 3, 2, 3));
    v128.store64_lane(at, f32x4.demote_f64x2_zero(central(low)), 0);
    v128.store64_lane(at, f32x4.demote_f64x2_zero(central(high)), 0, 8);
    inTail(at, f64x2.extract_lane(low, 0));
    inTail(at + 4, f64x2.extract_lane(low, 1));
    inTail(at + 8, f64x2.extract_lane(high, 0));
    inTail(at + 12, f64x2.extract_lane(high, 1));
  }
}

/** Two words as numbers between −½ and ½. */
// @ts-ignore: decorator
@inline function quantile(words: v128): v128 {
  const centred = f64x2.sub(f64x2.convert_low_i32x4_u(words), f64x2.splat(2147483647.5));
  return f64x2.mul(centred, f64x2.splat(2.3283064365386963e-10));
}

// @ts-ignore: decorator
@inline function central(q: v128): v128 {
  const r = f64x2.mul(q, q);
  const a = plusTimes(-58.98337029657557, r, f64x2.splat(11.095386475898762));
  const top = plusTimes(2.5066282753543, r, plusTimes(-21.61612779342872, r, plusTimes(60.71109733191643, r, a)));
  const b = plusTimes(-41.06700084355327, r, f64x2.splat(15.311130990770003));
  const bottom = plusTimes(1, r, plusTimes(-9.6707847162849, r, plusTimes(32.044524655121144, r, b)));
  return f64x2.div(f64x2.mul(q, top), bottom);
}

/** c + r·x */
// @ts-ignore: decorator
@inline function plusTimes(c: f64, r: v128, x: v128): v128 {
  return f64x2.add(f64x2.splat(c), f64x2.mul(r, x));
}

/** Writes the normal number of `q` if it lies in a tail. */
// @ts-ignore: decorator
@inline function inTail(to: usize, q: f64): void {
  if (q * q <= 0.180625) return;
  const v = (0.5 - abs(q)) * 8589934592;
  const zeros = clz(<u32>v);
  const m = v * <f64>(<u32>1 << zeros) * 2.3283064365386963e-10;
  const s = (m - 0.7071067811865476) / (m + 0.7071067811865476);
  const z = s * s;
  const artanh = s * (1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11))))));
  const t = sqrt((<f64>zeros + 1.5) * 0.6931471805599453 - 2 * artanh) - 3;
  const top = 1.5182458142337312 + t * (0.23591310828985604 + t * 0.01243785127890606);
  const bottom = 0.6724459598920196 + t * (0.140623366972355 + t * 0.008791372288371686);
  const size = (3.6655375319093135 + t * (4.000260192211667 + t * top)) / (1 + t * bottom);
  store<f32>(to, <f32>(q < 0 ? -size : size));
}
