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
