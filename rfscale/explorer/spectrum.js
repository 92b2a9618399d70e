// The traces of a power law, lambda_J = J^-a with a = 1 + alpha, J = 1..M, as `rfscale.traces` has them:
//   df_k = sum_J p_J^k,  p = lambda/(lambda + Delta),  q = 1 - p,
// by Euler-Maclaurin: single terms up to K, the integral from K to M in closed form, corrections at both ends.
// The integral is a continued fraction; every sum costs some fifty terms, for any M.

const POLE_DISTANCE = 25;
const LEVELS = 24; // of the continued fraction
const END_WEIGHTS = [
  0.07836226334784643, -0.029658915402555077, 0.011001664606348528, -0.0034647633453806104, 0.0008560837610996297,
  -0.00015319364039426608, 1.753039202853559e-5, -9.595026156320693e-7,
];
const ENDS = END_WEIGHTS.length;

// b, then c_1, c_2, ... of Phi(b, w) = int_0^1 t^(b-1)/(1 + w t) dt
function coefficients(b, levels = LEVELS) {
  const c = [b];
  for (let k = 1; k <= levels / 2; k++) {
    c[2 * k - 1] = (b + k - 1) ** 2 / ((b + 2 * k - 2) * (b + 2 * k - 1));
    c[2 * k] = k ** 2 / ((b + 2 * k - 1) * (b + 2 * k));
  }
  return c;
}

// Phi(b, w), 0 <= w <= 1, by numerators and denominators of the convergents
function phi(c, w) {
  let numerator = 1;
  let lastNumerator = 1;
  let denominator = 1 + c[1] * w;
  let lastDenominator = 1;
  for (let k = 2; k <= LEVELS; k++) {
    const term = c[k] * w;
    const nextNumerator = numerator + term * lastNumerator;
    const nextDenominator = denominator + term * lastDenominator;
    lastNumerator = numerator;
    lastDenominator = denominator;
    numerator = nextNumerator;
    denominator = nextDenominator;
  }
  return numerator / (denominator * c[0]);
}

// J and weights such that the sum over J = 1..M is one over these nodes and, where K > 0, the integral from K to M;
// for sums at Delta up to this angle from the positive axis, with poles at this distance from K
function powerLawNodes(alpha, M, angle = 0, distance = POLE_DISTANCE) {
  const a = 1 + alpha;
  let K = Math.ceil(distance / Math.sin(Math.min((Math.PI - angle) / a, Math.PI / 2)));
  if (M <= 3 * (K + ENDS)) K = 0;
  const ranks = [];
  const weights = [];
  for (let J = 1; J <= (K ? K - ENDS - 1 : M); J++) (ranks.push(J), weights.push(1));
  for (const [end, sign] of K
    ? [
        [K, -1],
        [M, 1],
      ]
    : []) {
    for (let j = -ENDS; j <= ENDS; j++) {
      const g = j === 0 ? 0.5 : Math.sign(j) * END_WEIGHTS[Math.abs(j) - 1];
      (ranks.push(end + j), weights.push((sign < 0 && j <= 0 ? 1 : 0) + sign * g));
    }
  }
  const decay = K ? -Math.expm1(-alpha * Math.log(M / K)) / alpha : 0;
  const nodes = {
    alpha,
    M,
    K,
    decay,
    s: 1 / a,
    weights: Float64Array.from(weights),
    variances: Float64Array.from(ranks, (J) => J ** -a), // lambda_J
    logSmallest: -a * Math.log(M),
    logAtK: K ? -a * Math.log(K) : 0,
    below: coefficients(1 + 1 / a),
    above: coefficients(2 - 1 / a),
  };
  nodes.atOne = [phi(nodes.below, 1), phi(nodes.above, 1)];
  nodes.trace = K ? K ** -alpha * decay : 0; // sum lambda
  for (let k = ranks.length - 1; k >= 0; k--) nodes.trace += nodes.weights[k] * nodes.variances[k];
  return nodes;
}

// The integrals of q, p q, p^2 q from 0 to X, w <= 1 ...
function below(s, X, w, phiBelow) {
  const p = 1 / (1 + w);
  const unit = s * X * w;
  const psi2 = p - s * phiBelow;
  return [unit * phiBelow, unit * psi2, (unit * (p ** 2 + (1 - s) * psi2)) / 2];
}

// ... and of v p, p^2, p^2 q from X to infinity, v = 1/w <= 1
function above(s, X, v, phiAbove) {
  const q = 1 / (1 + v);
  const unit = s * X * v ** 2;
  const psi2 = q - (1 - s) * phiAbove;
  return [unit * phiAbove, unit * psi2, (unit * (q ** 2 + s * psi2)) / 2];
}

// The integrals of p, p^2, p q, p^2 q from K to M; of -q instead of p where Delta < lambda_M
function integrals(nodes, logDelta) {
  const { s, K, M } = nodes;
  const wK = Math.exp(logDelta - nodes.logAtK);
  const wM = Math.exp(logDelta - nodes.logSmallest);
  if (logDelta <= nodes.logSmallest) {
    const atM = below(s, M, wM, phi(nodes.below, wM));
    const atK = below(s, K, wK, phi(nodes.below, wK));
    const [q, pq, ppq] = atM.map((value, i) => value - atK[i]);
    return [-q, M - K - q - pq, pq, ppq];
  }
  const [vpM, ppM, ppqM] = above(s, M, 1 / wM, phi(nodes.above, 1 / wM));
  if (wK >= 1) {
    const [vp, pp, ppq] = above(s, K, 1 / wK, phi(nodes.above, 1 / wK));
    const p = (K / wK) * nodes.decay - (vp - vpM);
    return [p, pp - ppM, p - (pp - ppM), ppq - ppqM];
  }
  const split = Math.exp(-s * logDelta); // where w = 1
  const [qK, pqK, ppqK] = below(s, K, wK, phi(nodes.below, wK));
  const [q, pq, ppq] = below(s, split, 1, nodes.atOne[0]);
  const [vp, pp, ppqAbove] = above(s, split, 1, nodes.atOne[1]);
  const learned = split - K - (q - qK);
  const rest = (-split * Math.expm1(nodes.alpha * s * (nodes.logSmallest - logDelta))) / nodes.alpha - (vp - vpM);
  return [
    learned + rest,
    learned - (pq - pqK) + (pp - ppM),
    pq - pqK + (rest - (pp - ppM)),
    ppq - ppqK + (ppqAbove - ppqM),
  ];
}

// df1, df2, s = df1 - df2, c = df2 - df3, the number of eigenvalues above Delta, and df1 less that number
function traces(nodes, logDelta) {
  const { weights, variances, K, M } = nodes;
  const delta = Math.exp(logDelta);
  const whole = K ? K - ENDS - 1 : M;
  const allAbove = logDelta <= nodes.logSmallest;
  let count = 0;
  let excess = 0;
  let pp = 0;
  let pq = 0;
  let ppq = 0;
  for (let k = 0; k < weights.length; k++) {
    const share = 1 / (variances[k] + delta);
    const p = variances[k] * share;
    const q = delta * share;
    const w = weights[k];
    const isAbove = k < whole ? delta < variances[k] : allAbove;
    if (k < whole && isAbove) count++;
    excess += w * (isAbove ? -q : p);
    pp += w * p * p;
    pq += w * p * q;
    ppq += w * p * p * q;
  }
  if (K && allAbove) count = M;
  const rest = K ? integrals(nodes, logDelta) : [0, 0, 0, 0];
  excess += rest[0];
  return { df1: count + excess, df2: pp + rest[1], s: pq + rest[2], c: ppq + rest[3], count, excess };
}
