// The planar theory at one (N, T, ridge), as `rfscale.theory.equations.fixed_point` and `rfscale.theory.equations.planar` have it, for
// lambda_+ = sigma_w = sigma_u = 1. With n = min(N, T), m = max(N, T) and y_n = 1 - df1/n, y_m = 1 - df1/m,
//   Delta (N - df1)(T - df1) = gamma M  is  y_n y_m = gamma M/(N T Delta),  y_m = 1 - n/m + (n/m) y_n,  df1 = n (1 - y_n):
// a quadratic for y_n, and an equation that falls in log Delta, solved by Halley's steps in a bracket.

const MAX_EVALUATIONS = 200;
const SMALL_STEP = 1e-8;
const EPS = 2.2e-16;
const PEAK = 0.9;

const logAddExp = (x, y) => Math.max(x, y) + (x === y ? Math.LN2 : Math.log1p(Math.exp(-Math.abs(x - y))));
const clip = (x, low, high) => Math.min(Math.max(x, low), high);

// The root y >= 0 of y (gap + share y) = h^2
function unusedFraction(h, gap, share) {
  return h > 0 ? h * ((2 * h) / (gap + Math.hypot(gap, 2 * Math.sqrt(share) * h))) : 0;
}

// log Delta at ridge 0 for n <= M, roughly
function guessWithoutRidge(nodes, n) {
  const { alpha, s, M } = nodes;
  if (n === M) return nodes.logSmallest;
  const c = (Math.PI * s) / Math.sin(Math.PI * Math.min(alpha, 1) * s);
  const closedForm = Math.log(c / (n + 0.5)) / s + Math.log(-Math.expm1(alpha * Math.log(n / M)));
  return Math.min(closedForm, Math.log(nodes.trace / n));
}

function guess(nodes, n, share, gap, logRidge) {
  if (n < nodes.M) return logAddExp(guessWithoutRidge(nodes, n), logRidge);
  const spare = (n - nodes.M) / n;
  const spareOfBoth = gap + share * spare;
  const logSlope = Math.log(nodes.M / n) - nodes.logSmallest - Math.log(2 + nodes.alpha);
  return Math.min(
    logRidge - Math.log(spare * spareOfBoth),
    (logRidge - logSlope - Math.log(spareOfBoth)) / 2,
    (logRidge - 2 * logSlope - Math.log(share)) / 3,
    logAddExp(nodes.logSmallest, logRidge),
  );
}

// Halley's step in log Delta, and how much of it may be rounding
function halleyStep(found, mismatch, n, share, gap, y) {
  const yM = gap + share * y;
  const width = gap + 2 * share * y;
  const slopeY = y > 0 ? (-y * yM) / width : 0;
  const curvatureY = y > 0 ? (y * yM - 2 * share * slopeY ** 2) / width : 0;
  const slope = -found.s + n * slopeY;
  const curvature = found.s - 2 * found.c + n * curvatureY;
  if (!(slope < 0)) return [0, 0];
  const newton = -mismatch / slope;
  const halley = newton / Math.max(1 + (0.5 * newton * curvature) / slope, 0.5);
  return [halley, (2 * EPS * (Math.abs(found.count - n) + Math.abs(found.excess) + n * y)) / -slope];
}

// log Delta, y_N, y_T and the traces there
function solve(nodes, N, T, ridge) {
  const n = Math.min(N, T);
  const m = Math.max(N, T);
  const share = n / m;
  const gap = (m - n) / m;
  const at = (z, y, found) => {
    const [yN, yT] = N <= T ? [y, gap + share * y] : [gap + share * y, y];
    return { z, yN, yT, ...found };
  };
  if (ridge === 0 && n >= nodes.M) return at(-Infinity, (n - nodes.M) / n, traces(nodes, -Infinity));
  const logRidge = Math.log(ridge) + Math.log(nodes.M) - Math.log(N) - Math.log(T);
  let lower = Math.max(logRidge, nodes.logSmallest + Math.log(Math.max(nodes.M - n, 0) / nodes.M));
  let upper = logAddExp(logRidge, Math.log((3 * nodes.trace) / n));
  let z = clip(guess(nodes, n, share, gap, logRidge), lower, upper);
  let lastStep = Infinity;
  for (let evaluations = 1; ; evaluations++) {
    const found = traces(nodes, z);
    const y = Math.min(1, unusedFraction(Math.exp((logRidge - z) / 2), gap, share));
    const mismatch = found.count - n + (found.excess + n * y); // df1 - n (1 - y)
    const [halley, rounding] = halleyStep(found, mismatch, n, share, gap, y);
    if (mismatch > 0) lower = z;
    else upper = z;
    const tolerance = Math.max(2 * EPS * Math.max(1, Math.abs(z)), rounding);
    const isDone = Math.abs(halley) <= tolerance || upper - lower <= tolerance;
    if (isDone || evaluations === MAX_EVALUATIONS) return at(z, y, found);
    const isSlow = Math.abs(halley) > 0.5 * Math.abs(lastStep) && Math.abs(halley) > SMALL_STEP;
    const isRefused = isSlow || !(lower < z + halley && z + halley < upper);
    lastStep = isRefused ? 0.5 * (lower + upper) - z : halley; // or halve the bracket
    z += lastStep;
  }
}

// What bounds the loss, from the sizes alone
function regime(N, T, M) {
  const smaller = Math.min(N, T);
  const larger = Math.max(N, T);
  if (smaller >= M) return "latent";
  return smaller > PEAK * larger ? "peak" : N < T ? "features" : "data";
}

// The losses at a solution:  D = y_N y_T + s (y_N/T + y_T/N),  signal = Delta s/(2 M D),
// noise = sigma_eps^2/2 (df2 y_N + df1 s/N)/(T D),  train = y_T^2 (2 L + sigma_eps^2)
function losses(nodes, point, N, T, ridge, sigmaEps) {
  const { z, yN, yT, df1, df2, s } = point;
  const M = nodes.M;
  const D = yN * yT + s * (yN / T + yT / N);
  const delta = Math.exp(z);
  const corner = delta === 0 && Math.min(N, T) === M; // numerators and D vanish: their ratios as the ridge goes to 0
  const signal = corner ? (N === T ? M / 6 / inverseVariances(nodes) : 0) : (delta * s) / D / (2 * M);
  const trace = corner ? (T > M ? M / (T - M) : Infinity) : (df2 * yN + (df1 * s) / N) / (T * D);
  const noise = sigmaEps > 0 ? (sigmaEps ** 2 / 2) * trace : 0;
  const test = signal + noise;
  const train = yT > 0 ? yT * yT * (2 * test + sigmaEps ** 2) : 0;
  return { N, T, ridge, test, signal, noise, train, delta, df1, df2, regime: regime(N, T, M) };
}

// sum 1/lambda_J
function inverseVariances(nodes) {
  const a = 1 + nodes.alpha;
  const { K, M } = nodes;
  const integral = K ? (M ** (a + 1) - K ** (a + 1)) / (a + 1) : 0;
  return nodes.weights.reduce((total, weight, k) => total + weight / nodes.variances[k], integral);
}

// The twin of rfscale.predict: ridge a number >= 0, or "optimal"
function predict({ alpha, M, sigma_eps = 0, N, T, ridge = 0 }, nodes = powerLawNodes(alpha, M)) {
  if (ridge !== "optimal") return losses(nodes, solve(nodes, N, T, ridge), N, T, ridge, sigma_eps);
  const best = optimum(nodes, N, T, sigma_eps);
  return losses(nodes, best, N, T, best.ridge, sigma_eps);
}
