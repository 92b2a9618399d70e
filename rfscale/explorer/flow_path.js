// The fixed point at complex ridges, as `rfscale.theory.equations.complex_fixed_point` has it: Delta y_N y_T = g with
// g = gamma M/(N T), along a path of ridges that begins near the positive axis. The first starts from the real solution
// at |g|, each next one from the last: d log Delta/d log g predicts it, Newton's method in log Delta corrects it. The
// right branch has 0 <= arg Delta <= arg g.

const LARGEST_STEP = 0.7; // in log Delta
const CONVERGED = 1e-14;
const STALLED = 1e-9; // below it, a step that is no longer smaller than the last is rounding
const PATH_STEPS = 60;

// The root y of y (gap + share y) = h^2 that vanishes with it
function complexUnused(square, gap, share) {
  const root = C.root(C.add(C.of(gap * gap), C.scaled(square, 4 * share)));
  return C.over(C.scaled(square, 2), C.add(C.of(gap), root));
}

// Newton's step in z = log Delta, d log Delta/d log g, y = 1 - df1/n and the sums there
function newtonStep(nodes, n, gap, share, z, g) {
  const delta = C.exp(z);
  const sums = complexTraces(nodes, delta);
  const y = complexUnused(C.over(g, delta), gap, share);
  const yM = C.add(C.of(gap), C.scaled(y, share));
  const c = C.scaled(C.over(C.times(y, yM), C.add(C.of(gap), C.scaled(y, 2 * share))), n);
  const slope = C.add(sums.s, c);
  const mismatch =
    z.re < nodes.logSmallest // df1 = M - sum q, which may be near n
      ? C.add(C.of(nodes.M - n), C.less(C.scaled(y, n), sums.unlearned))
      : C.add(C.less(sums.df1, C.of(n)), C.scaled(y, n));
  return { delta, sums, y, yM, move: C.over(mismatch, slope), flow: C.over(c, slope) };
}

// The one-point quantities along a path of ridges g
function solvePath(nodes, N, T, ridges) {
  const n = Math.min(N, T);
  const m = Math.max(N, T);
  const share = n / m;
  const gap = (m - n) / m;
  let last = C.of(C.size(ridges[0]));
  let z = C.of(solve(nodes, N, T, Math.exp(Math.log(last.re) + Math.log(N) + Math.log(T) - Math.log(nodes.M))).z);
  let at = newtonStep(nodes, n, gap, share, z, last);
  return ridges.map((g) => {
    z = C.add(z, C.times(C.log(C.over(g, last)), at.flow));
    for (let step = 0, best = Infinity; step < PATH_STEPS; step++) {
      at = newtonStep(nodes, n, gap, share, z, g);
      const size = C.size(at.move);
      const isDone = size < CONVERGED * Math.max(1, C.size(z)) || (size < STALLED && size >= best);
      if (isDone) break;
      z = C.add(z, C.scaled(at.move, Math.min(1, LARGEST_STEP / size)));
      best = size;
    }
    last = g;
    const [yN, yT] = N <= T ? [at.y, at.yM] : [at.yM, at.y];
    return { g, delta: at.delta, yN, yT, left: C.scaled(at.y, -n), ...at.sums }; // left = df1 - n
  });
}
