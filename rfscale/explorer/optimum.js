// The ridge of the least planar test loss, as `rfscale.theory.equations.best_ridge` has it. With eta = sigma_eps^2 M, s = df1 - df2 and
// c = df2 - df3, the slope dL/dDelta has the sign of
//   y_N y_T - [s^3/(c N T) + eta/(Delta T) (y_N^2 + s^2 y_N/(c N) + s^3/(c N^2))],
// and where it vanishes gamma M = N T Delta y_N y_T is the bracket, a sum of positive terms.

const TOLERANCE = 1e-15; // of log Delta
const REACH = 300; // in log Delta, beyond the smallest and the largest eigenvalue

// The two terms of the bracket
function bracketTerms(N, T, z, yN, s, c, logEta) {
  const ratio = s / c;
  let noise = (yN ** 2 + ratio * (s / N) * (yN + s / N)) / T;
  if (noise > 0) noise *= Math.exp(logEta - z);
  return [ratio * (s / N) * (s / T), Math.min(noise, 1e200)];
}

// y_n less the y_n at which y_N y_T would be the bracket: it has the sign of dL/dDelta
function slopeOfLoss(nodes, N, T, logEta, z) {
  const found = traces(nodes, z);
  const { s, c } = found;
  const n = Math.min(N, T);
  const m = Math.max(N, T);
  const share = n / m;
  const gap = (m - n) / m;
  const unused = (n - found.count - found.excess) / n;
  const y = Math.max(unused, 0);
  const yM = gap + share * y;
  const [signal, noise] = bracketTerms(N, T, z, N <= T ? y : yM, s, c, logEta);
  if (n >= nodes.M && z < nodes.logSmallest)
    return (riseWhereAllIsLearned(nodes, N, T, z, s, c) - noise) / (y * yM + signal + noise);
  const stationary = unusedFraction(Math.sqrt(signal + noise), gap, share);
  return (unused - stationary) / (1 + stationary);
}

// y_N y_T - s^3/(c N T) for N, T >= M and small Delta, as a sum that does not cancel
function riseWhereAllIsLearned(nodes, N, T, z, s, c) {
  const { M } = nodes;
  const [r, w, v] = unlearned(nodes, z);
  const spareN = (N - M) / N;
  const spareT = (T - M) / T;
  const square = (s / c) * s * (2 * w - v) + (s / c) * w * (w - 2 * v) - (v / c) * w * w;
  return spareN * spareT + r * (spareN / T + spareT / N) + square / N / T;
}

// sum q, sum q^2, sum p q^2 where Delta is below all eigenvalues
function unlearned(nodes, z) {
  const { s, K, M, weights, variances } = nodes;
  const delta = Math.exp(z);
  const total = [0, 0, 0];
  const add = (p, q, weight) => [q, q * q, p * q * q].forEach((term, i) => (total[i] += weight * term));
  for (let k = 0; k < weights.length; k++)
    add(variances[k] / (variances[k] + delta), delta / (variances[k] + delta), weights[k]);
  for (const [X, sign, log] of K
    ? [
        [M, 1, nodes.logSmallest],
        [K, -1, nodes.logAtK],
      ]
    : []) {
    const w = Math.exp(z - log);
    const p = 1 / (1 + w);
    const psi1 = (b) => phi(coefficients(b), w);
    const psi2 = (b) => p + (1 - b) * psi1(b); // int t^(b-1)/(1 + w t)^m dt
    const unit = sign * s * X;
    total[0] += unit * w * psi1(1 + s);
    total[1] += unit * w ** 2 * psi2(2 + s);
    total[2] += (unit * w ** 2 * (p ** 2 - s * psi2(2 + s))) / 2;
  }
  return total;
}

// log Delta at the optimum, roughly: the closed form without noise, plus eta/T
function guessOptimum(nodes, N, T, logEta) {
  const n = Math.min(N, T);
  const m = Math.max(N, T);
  const share = n / m;
  const gap = (m - n) / m;
  const { alpha } = nodes;
  const df1 = (2 * n) / (1 + share + Math.sqrt(gap ** 2 + (8 * share) / (alpha * (1 + alpha))));
  return logAddExp(guessWithoutRidge(nodes, Math.min(df1, nodes.M)), logEta - Math.log(T));
}

// The zero of f between a and b, where its signs differ: inverse quadratic interpolation, or halvings (Chandrupatla)
function findZero(f, a, fa, b, fb) {
  let c = a;
  let fc = fa;
  let t = 0.5;
  for (let count = 0; count < MAX_EVALUATIONS; count++) {
    const x = a + t * (b - a);
    const fx = f(x);
    if (fx > 0 === fa > 0) [c, fc] = [a, fa];
    else [c, fc, b, fb] = [b, fb, a, fa];
    [a, fa] = [x, fx];
    const tolerance = (TOLERANCE * Math.max(1, Math.abs(a))) / Math.abs(b - a);
    if (fx === 0 || !(tolerance < 0.5)) break;
    const xi = (a - b) / (c - b);
    const ratio = (fa - fb) / (fc - fb);
    const smooth = ratio ** 2 < xi && (1 - ratio) ** 2 < 1 - xi;
    t = smooth
      ? ((fa / (fb - fa)) * fc) / (fb - fc) + ((((c - a) / (b - a)) * fa) / (fc - fa)) * (fb / (fc - fb))
      : 0.5;
    t = clip(t, tolerance, 1 - tolerance);
  }
  return Math.abs(fa) < Math.abs(fb) ? a : b;
}

// The solution at the best ridge, and that ridge
function optimum(nodes, N, T, sigmaEps) {
  const n = Math.min(N, T);
  const m = Math.max(N, T);
  const share = n / m;
  const gap = (m - n) / m;
  const withoutRidge = () => ({ ...solve(nodes, N, T, 0), ridge: 0 });
  if (sigmaEps === 0 && n >= nodes.M) return withoutRidge();
  const logEta = 2 * Math.log(sigmaEps) + Math.log(nodes.M);
  const f = (z) => slopeOfLoss(nodes, N, T, logEta, z);
  const least = nodes.logSmallest - REACH;
  let z = clip(guessOptimum(nodes, N, T, logEta), least, REACH);
  let slope = f(z);
  let last = z;
  let lastSlope = slope;
  const direction = slope < 0 ? 1 : -1;
  for (let step = 0.25; slope * direction <= 0 && (direction > 0 ? z < REACH : z > least); step *= 3) {
    [last, lastSlope] = [z, slope];
    z = clip(z + direction * step, least, REACH);
    slope = f(z);
  }
  if (slope * direction <= 0 && T !== nodes.M) return withoutRidge();
  if (slope * direction > 0) z = findZero(f, z, slope, last, lastSlope);
  const found = traces(nodes, z);
  const y = Math.max((n - found.count - found.excess) / n, 0);
  const terms = bracketTerms(N, T, z, N <= T ? y : gap + share * y, found.s, found.c, logEta);
  const yn = Math.min(1, unusedFraction(Math.sqrt(terms[0] + terms[1]), gap, share));
  const ym = gap + share * yn;
  const ridge = (Math.exp(z) * yn * ym * N * T) / nodes.M;
  return { z, yN: N <= T ? yn : ym, yT: N <= T ? ym : yn, ...found, ridge };
}
