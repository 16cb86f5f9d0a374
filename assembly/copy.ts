// Strided copies: what slices, concatenations and broadcasts need where the parts are not consecutive.

/** Copies a block of up to four dimensions; strides in floats, and an input stride of 0 repeats. */
export function copyBlock(
  to: usize, to0: i32, to1: i32, to2: i32, to3: i32,
  from: usize, from0: i32, from1: i32, from2: i32, from3: i32,
  n0: i32, n1: i32, n2: i32, n3: i32,
): void {
  for (let i0 = 0; i0 < n0; i0++) {
    for (let i1 = 0; i1 < n1; i1++) {
      for (let i2 = 0; i2 < n2; i2++) {
        let t = to + (<usize>(i0 * to0 + i1 * to1 + i2 * to2) << 2);
        let f = from + (<usize>(i0 * from0 + i1 * from1 + i2 * from2) << 2);
        let n = n3;
        if (to3 == 1 && from3 == 1) {
          while (n > 3) {
            v128.store(t, v128.load(f));
            t += 16;
            f += 16;
            n -= 4;
          }
        }
        while (n > 0) {
          store<f32>(t, load<f32>(f));
          t += <usize>to3 << 2;
          f += <usize>from3 << 2;
          n--;
        }
      }
    }
  }
}
