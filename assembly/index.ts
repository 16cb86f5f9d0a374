// What the module offers: the tape's interpreter, the words threads meet at, and every kernel by itself for tests.

export { copyBlock } from "./copy";
export { binary, fill, unary } from "./elementwise";
export {
  finishRows, matmul, panel1, panel2, panel3, panel4, panel5, rows1, rows2, rows3, rows4, rows5,
} from "./matmul";
export { adam, polyak } from "./optimiser";
export { packColumns, packRows, packTransposed } from "./pack";
export { firstStrips, listColumns, listRow, nextStrips, sparseMatmul } from "./sparse";
export { sum, sumColumns, sumRow } from "./sum";
export { chain, execute, serve } from "./tape";
export { barrier, fail, go } from "./threads";
export { dot, dots4, dots42, timesMatrix, timesRows } from "./vector";
