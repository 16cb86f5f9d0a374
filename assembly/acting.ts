// A vector times a matrix in float64, for one observation at a time: the same sums in the same order as plain
// JavaScript makes them, two at once.

/**
 * y ← y + Σ xₖ · rowₖ, one row after the other.
 * @param y @param x float64
 * @param rows where each row stands, as 32-bit addresses; a row is float32
 * @param columns a multiple of 16
 */
export function addRows(y: usize, x: usize, rows: usize, count: i32, columns: i32): void {
  for (let column: usize = 0; columns > 0; columns -= 16, y += 128, column += 64) {
    let y0 = v128.load(y), y1 = v128.load(y, 16), y2 = v128.load(y, 32), y3 = v128.load(y, 48);
    let y4 = v128.load(y, 64), y5 = v128.load(y, 80), y6 = v128.load(y, 96), y7 = v128.load(y, 112);
    for (let k = 0, at = x, place = rows; k < count; k++, at += 8, place += 4) {
      const row = <usize>load<u32>(place) + column;
      const factor = v128.load64_splat(at);
      y0 = f64x2.add(y0, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row))));
      y1 = f64x2.add(y1, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 8))));
      y2 = f64x2.add(y2, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 16))));
      y3 = f64x2.add(y3, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 24))));
      y4 = f64x2.add(y4, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 32))));
      y5 = f64x2.add(y5, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 40))));
      y6 = f64x2.add(y6, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 48))));
      y7 = f64x2.add(y7, f64x2.mul(factor, f64x2.promote_low_f32x4(v128.load64_zero(row, 56))));
    }
    v128.store(y, y0);
    v128.store(y, y1, 16);
    v128.store(y, y2, 32);
    v128.store(y, y3, 48);
    v128.store(y, y4, 64);
    v128.store(y, y5, 80);
    v128.store(y, y6, 96);
    v128.store(y, y7, 112);
  }
}
