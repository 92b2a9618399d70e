// The sums over a power law at complex Delta, as `rfscale.traces.complex_sums` has them: those of spectrum.js, whose
// equations hold as long as the poles of 1/(1 + Delta J^a), at the angle (pi - arg Delta)/a, are far from both ends of
// the integral. The nodes here are for angles up to 150 degrees, where Talbot's contour ends; there a level of the
// continued fraction gains a factor of 2.7.

const LARGEST_ANGLE = (5 * Math.PI) / 6;
const WIDE_DISTANCE = 12; // 1e-10 is enough here
const WIDE_LEVELS = 30;

// Nodes for sums at complex Delta; at real ones they serve as well
function wideNodes(alpha, M) {
  const nodes = powerLawNodes(alpha, M, LARGEST_ANGLE, WIDE_DISTANCE);
  const { s } = nodes;
  return { ...nodes, below: coefficients(1 + s, WIDE_LEVELS), above: coefficients(2 - s, WIDE_LEVELS) };
}

// Phi(b, w), |w| <= 1, from the coefficients of b, by its convergents
function complexPhi(c, w) {
  let [nRe, nIm, lastNRe, lastNIm] = [1, 0, 1, 0]; // numerators, denominators
  let [dRe, dIm, lastDRe, lastDIm] = [1 + c[1] * w.re, c[1] * w.im, 1, 0];
  for (let k = 2; k <= WIDE_LEVELS; k++) {
    const re = c[k] * w.re;
    const im = c[k] * w.im;
    const nextNRe = nRe + re * lastNRe - im * lastNIm;
    const nextNIm = nIm + re * lastNIm + im * lastNRe;
    const nextDRe = dRe + re * lastDRe - im * lastDIm;
    const nextDIm = dIm + re * lastDIm + im * lastDRe;
    lastNRe = nRe;
    lastNIm = nIm;
    lastDRe = dRe;
    lastDIm = dIm;
    nRe = nextNRe;
    nIm = nextNIm;
    dRe = nextDRe;
    dIm = nextDIm;
  }
  return C.scaled(C.over(C.of(nRe, nIm), C.of(dRe, dIm)), 1 / c[0]);
}

// The integrals of q, p q from 0 to X, |w| <= 1 ...
function complexBelow(nodes, X, w) {
  const { s, below } = nodes;
  const psi = complexPhi(below, w);
  const psi2 = C.less(C.over(C.of(1), C.add(C.of(1), w)), C.scaled(psi, s));
  const unit = C.scaled(w, s * X);
  return [C.times(unit, psi), C.times(unit, psi2)];
}

// ... and of v p, p^2 from X to infinity, |v| <= 1, v = 1/w; and Phi
function complexAbove(nodes, X, v) {
  const { s, above } = nodes;
  const psi = complexPhi(above, v);
  const psi2 = C.less(C.over(C.of(1), C.add(C.of(1), v)), C.scaled(psi, 1 - s));
  const unit = C.scaled(C.times(v, v), s * X);
  return [C.times(unit, psi), C.times(unit, psi2), psi];
}

// Over the nodes: df1, M - df1 = sum q, df1 - df2 = sum p q, df2 and sum lambda p
function nodesSum(nodes, delta) {
  const { weights, variances } = nodes;
  const { re: x, im: y } = delta;
  let [pRe, pIm, qRe, qIm, pqRe, pqIm, ppRe, ppIm, eRe, eIm] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < weights.length; k++) {
    const variance = variances[k];
    const w = weights[k];
    const sum = variance + x;
    const norm = 1 / (sum * sum + y * y);
    const re = variance * sum * norm; // p
    const im = -variance * y * norm;
    const rest = (x * sum + y * y) * norm; // q, its imaginary part is -im
    pRe += w * re;
    pIm += w * im;
    qRe += w * rest;
    qIm -= w * im;
    ppRe += w * (re * re - im * im);
    ppIm += w * 2 * re * im;
    pqRe += w * (re * rest + im * im);
    pqIm += w * im * (rest - re);
    eRe += w * variance * re;
    eIm += w * variance * im;
  }
  const sums = { df1: C.of(pRe, pIm), unlearned: C.of(qRe, qIm), s: C.of(pqRe, pqIm) };
  return { ...sums, df2: C.of(ppRe, ppIm), weighted: C.of(eRe, eIm) };
}

// The same sums over all eigenvalues
function complexTraces(nodes, delta) {
  const at = nodesSum(nodes, delta);
  if (!nodes.K) return at;
  const more = complexIntegrals(nodes, delta);
  for (const name in at) at[name] = C.add(at[name], more[name]);
  return at;
}

// The integrals from K to M
function complexIntegrals(nodes, delta) {
  const { s, K, M, alpha } = nodes;
  const size = C.size(delta);
  const logSize = Math.log(size);
  const turn = C.scaled(delta, 1 / size);
  const wK = C.scaled(turn, Math.exp(logSize - nodes.logAtK));
  const wM = C.scaled(turn, Math.exp(logSize - nodes.logSmallest));
  const trace = C.of(nodes.decay * K ** -alpha); // the integral of lambda
  const unlearned = (p) => C.less(C.of(M - K), p);
  const found = (p, q, pq, pp, weighted) => ({ df1: p, unlearned: q, s: pq, df2: pp, weighted });
  const rest = (p) => C.less(trace, C.times(delta, p));
  if (C.size(wM) <= 1) {
    const [q, pq] = complexBelow(nodes, M, wM);
    const [qK, pqK] = complexBelow(nodes, K, wK);
    const left = C.less(q, qK);
    const p = unlearned(left);
    const both = C.less(pq, pqK);
    return found(p, left, both, C.less(p, both), rest(p));
  }
  const vM = C.over(C.of(1), wM);
  const [vpM, ppM, phiM] = complexAbove(nodes, M, vM);
  if (C.size(wK) >= 1) {
    const vK = C.over(C.of(1), wK);
    const [vp, ppK, phiK] = complexAbove(nodes, K, vK);
    const p = C.less(C.scaled(vK, K * nodes.decay), C.less(vp, vpM));
    const pp = C.less(ppK, ppM);
    const atK = C.scaled(C.times(vK, phiK), s * K ** -alpha);
    const weighted = C.less(atK, C.scaled(C.times(vM, phiM), s * M ** -alpha));
    return found(p, unlearned(p), C.less(p, pp), pp, weighted);
  }
  const split = size ** -s; // where |w| = 1
  const back = C.conjugate(turn);
  const [q, pq] = complexBelow(nodes, split, turn);
  const [qK, pqK] = complexBelow(nodes, K, wK);
  const [vp, ppSplit] = complexAbove(nodes, split, back);
  const v = C.scaled(back, (-split * Math.expm1(alpha * s * (nodes.logSmallest - logSize))) / alpha);
  const pAbove = C.less(v, C.less(vp, vpM));
  const pBelow = C.less(C.of(split - K), C.less(q, qK));
  const p = C.add(pBelow, pAbove);
  const ppAbove = C.less(ppSplit, ppM);
  const pqBelow = C.less(pq, pqK);
  const both = C.add(pqBelow, C.less(pAbove, ppAbove));
  return found(p, unlearned(p), both, C.add(C.less(pBelow, pqBelow), ppAbove), rest(p));
}
