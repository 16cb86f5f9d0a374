// The standard normal quantile (inverse CDF), which turns one uniform uint32 into one normal number: no pairs, no
// rejection, so the position in a random stream is always known. The shape is Wichura's (AS 241, 1988): a rational
// function of q² in the centre, one of √(−ln p) in the tails; the coefficients are our own fit
// (test/fixtures/math/fit_inverse_normal.py), near-minimax with relative error 3.0e-10 and 2.4e-10.

/**
 * Φ⁻¹((x + ½) / 2³²): relative error < 4e-10, so the nearest float32 nearly always. Between −6.34 and 6.34, odd:
 * normalFromUint32(2³² − 1 − x) = −normalFromUint32(x).
 * @param x an integer, 0 to 2³² − 1
 */
export function normalFromUint32(x: number): number {
  const q = (x - 2147483647.5) * 2.3283064365386963e-10;
  const r = q * q;
  if (r <= 0.180625) {
    return (
      (q *
        (2.5066282753543 +
          r *
            (-21.61612779342872 +
              r * (60.71109733191643 + r * (-58.98337029657557 + r * 11.095386475898762))))) /
      (1 +
        r * (-9.6707847162849 + r * (32.044524655121144 + r * (-41.06700084355327 + r * 15.311130990770003))))
    );
  }
  // p = v / 2³³ = m / 2^(zeros + 1) with v odd and ½ ≤ m < 1; ln m − ln √½ = 2 artanh(s), the series to s¹¹ within
  // 1e-10. All in one function, because V8 puts a number that a function returns on the heap unless it inlines it.
  const v = (0.5 - Math.abs(q)) * 8589934592;
  const zeros = Math.clz32(v);
  const m = v * ((1 << zeros) >>> 0) * 2.3283064365386963e-10;
  const s = (m - Math.SQRT1_2) / (m + Math.SQRT1_2);
  const z = s * s;
  const artanh = s * (1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11))))));
  const t = Math.sqrt((zeros + 1.5) * Math.LN2 - 2 * artanh) - 3;
  const size =
    (3.6655375319093135 +
      t *
        (4.000260192211667 +
          t * (1.5182458142337312 + t * (0.23591310828985604 + t * 0.01243785127890606)))) /
    (1 + t * (0.6724459598920196 + t * (0.140623366972355 + t * 0.008791372288371686)));
  return q < 0 ? -size : size;
}
