// Written by assembly/compile.js. Do not edit.
export const kernels =
  "AGFzbQEAAAABCAFgA319fQF9AwIBAAcPAQttdWx0aXBseUFkZAAAChYBFAAgAP0TIAH9EyAC/RP9hQL9HwAL";
