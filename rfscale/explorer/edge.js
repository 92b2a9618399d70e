// The smallest eigenvalue of the kernel that is not zero, in units of N T/M, as `rfscale.theory.equations.edges` has it:
// s = -g where dg/dDelta = y_N y_T + (df1 - df2)(y_N/T + y_T/N) = 0. There Delta > 0 if min(N, T) < M, and it is
// between -lambda_M and 0 if M is smaller. At N = T < M there is no gap.

const EDGE_STEPS = 20; // of halving a bracket; g is stationary at an edge
const SMALLEST_EDGE = 1e-3; // of -Delta/lambda_M over 1 - M/n: the edge is above
const CLOSEST_EDGE = 0.8; // of -Delta to lambda_M, up to where the integral is sure

// dg/dDelta and g at a real Delta, with y_n = 1 - df1/min(N, T)
function slopeAndRidge(df1, s, yn, delta, N, T) {
  const n = Math.min(N, T);
  const m = Math.max(N, T);
  const ym = 1 - df1 / m;
  return [yn * ym + s * (yn / m + ym / n), delta * yn * ym];
}

// Close to the pole at -lambda_M the slope is positive again, but y_n is negative
function atNegative(nodes, x, N, T) {
  const { df1, s } = complexTraces(nodes, C.of(-x));
  const yn = 1 - df1.re / Math.min(N, T);
  const [slope, g] = slopeAndRidge(df1.re, s.re, yn, -x, N, T);
  return [yn > 0 ? slope : -1, g];
}

function atPositive(nodes, z, N, T) {
  const { df1, s, count, excess } = traces(nodes, z);
  const n = Math.min(N, T);
  return slopeAndRidge(df1, s, (n - count - excess) / n, Math.exp(z), N, T);
}

// For min(N, T) > M; where the edge is very near lambda_M, a number below it
function edgeBelowLatents(nodes, N, T) {
  const smallest = Math.exp(nodes.logSmallest);
  const most = nodes.K ? CLOSEST_EDGE : 1;
  let low = 0;
  let high = SMALLEST_EDGE * (1 - nodes.M / Math.min(N, T));
  while (high < most && atNegative(nodes, high * smallest, N, T)[0] > 0) [low, high] = [high, 1.2 * high];
  high = Math.min(high, most);
  for (let k = 0; k < EDGE_STEPS; k++) {
    const middle = (low + high) / 2;
    if (atNegative(nodes, middle * smallest, N, T)[0] > 0) low = middle;
    else high = middle;
  }
  return -atNegative(nodes, low * smallest, N, T)[1];
}

function smallestEigenvalue(nodes, N, T) {
  const n = Math.min(N, T);
  if (n > nodes.M) return edgeBelowLatents(nodes, N, T);
  if (n === nodes.M || N === T) return 0;
  let high = solve(nodes, N, T, 0).z;
  let low = high - 1;
  while (atPositive(nodes, low, N, T)[0] > 0) low--;
  for (let k = 0; k < EDGE_STEPS; k++) {
    const middle = (low + high) / 2;
    if (atPositive(nodes, middle, N, T)[0] > 0) high = middle;
    else low = middle;
  }
  return -atPositive(nodes, high, N, T)[1];
}
