// Standard normal numbers by position: the words of src/random/philox.ts through the quantile of src/math/normal.ts,
// operation for operation, so with the same bits. JavaScript has no 64-bit product; here one is an instruction.

/**
 * Writes four floats for each of `count` blocks of a stream, from block number `low` + `high` · 2³² on.
 * @param role0 @param role1 @param key0 @param key1 as in philox
 */
export function normals(
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
    store<f32>(to, normal(c0));
    store<f32>(to, normal(c1), 4);
    store<f32>(to, normal(c2), 8);
    store<f32>(to, normal(c3), 12);
  }
}

function normal(x: u32): f32 {
  const q = (<f64>x - 2147483647.5) * 2.3283064365386963e-10;
  const r = q * q;
  if (r <= 0.180625) {
    return <f32>(
      (q *
        (2.5066282753543 +
          r *
            (-21.61612779342872 +
              r * (60.71109733191643 + r * (-58.98337029657557 + r * 11.095386475898762))))) /
      (1 +
        r * (-9.6707847162849 + r * (32.044524655121144 + r * (-41.06700084355327 + r * 15.311130990770003))))
    );
  }
  const v = <u32>((0.5 - Math.abs(q)) * 8589934592);
  const zeros = clz<u32>(v);
  const m = <f64>v * <f64>(<u32>1 << zeros) * 2.3283064365386963e-10;
  const half: f64 = Math.SQRT1_2;
  const s = (m - half) / (m + half);
  const z = s * s;
  const artanh = s * (1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11))))));
  const t = Math.sqrt((<f64>zeros + 1.5) * Math.LN2 - 2 * artanh) - 3;
  const size =
    (3.6655375319093135 +
      t *
        (4.000260192211667 +
          t * (1.5182458142337312 + t * (0.23591310828985604 + t * 0.01243785127890606)))) /
    (1 + t * (0.6724459598920196 + t * (0.140623366972355 + t * 0.008791372288371686)));
  return <f32>(q < 0 ? -size : size);
}
