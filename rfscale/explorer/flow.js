// Gradient flow stopped at a time, the twin of rfscale.predict with rfscale.GradientFlow(tau=..., ridge=...): an inverse
// Laplace transform over the ridge. On Talbot's contour z with weights w the model at time tau is the mixture
// 2 Re sum v theta_ridge(g + z/tau), v = w e^z/z, in units where the ridge is g = gamma M/(N T) and the time
// tau = t N T/M: direction J is learned when tau lambda_J is about 1.

const TALBOT_NODES = 24;
const WINDOW = 1.5; // largest ratio of times that share nodes ...
const LATE = 1.05; // ... and of the latest of them to the time that the nodes are made for
const SHIFT = 0.98; // of a contour, over the smallest eigenvalue
const APPROACH = 8; // ridges on the way to a contour that begins near the negative axis
const OVER = 40; // what is left is e^-40 of it

// z, and w = dz/(2 pi i), above the axis; parameters of Weideman. The error is e^(-1.36 n)
const TALBOT = Array.from({ length: TALBOT_NODES / 2 }, (_, j) => {
  const n = TALBOT_NODES;
  const x = ((2 * j + 1) * Math.PI) / n;
  const cot = 1 / Math.tan(0.6407 * x);
  const z = C.scaled(C.of(0.5017 * x * cot - 0.6122, 0.2645 * x), n);
  const slope = C.of(0.5017 * cot - (0.5017 * 0.6407 * x) / Math.sin(0.6407 * x) ** 2, 0.2645);
  return { z, w: C.times(slope, C.of(0, -1)) };
});

// The traces S, V and those of training, of a mixture
function mixtureTraces(path, pairs, v) {
  const { S, V } = quadratic(pairs, v);
  const seen = v.map((value, k) => C.times(value, path[k].yT));
  const train = quadratic(pairs, seen, 1);
  return { S, V, trainS: train.S, trainV: train.V };
}

// Of times that share nodes, rising
function contourTraces(nodes, N, T, g, taus) {
  const latest = taus.at(-1);
  const made = latest > LATE * taus[0] ? latest / LATE : latest;
  const ridges = TALBOT.map(({ z }) => C.add(C.of(g), C.scaled(z, 1 / made)));
  const path = solvePath(nodes, N, T, ridges);
  const pairs = pairsOf(path, N, T);
  return taus.map((tau) =>
    mixtureTraces(
      path,
      pairs,
      TALBOT.map(({ z, w }) => C.over(C.times(w, C.exp(C.scaled(z, tau / made))), z)),
    ),
  );
}

// Without ridge, to an accuracy relative to what decays with the smallest eigenvalue: a contour that leaves z = 0 out
function decayingTraces(nodes, N, T, tau, smallest) {
  const shift = SHIFT * smallest;
  const ridges = TALBOT.map(({ z }) => C.less(C.scaled(z, 1 / tau), C.of(shift)));
  const v = TALBOT.map(({ z, w }, k) =>
    C.over(C.times(w, C.exp(C.less(z, C.of(shift * tau)))), C.scaled(ridges[k], tau)),
  );
  const { re: logSize, im: angle } = C.log(ridges[0]);
  const approach = Array.from({ length: APPROACH }, (_, k) => C.exp(C.of(logSize, (angle * k) / APPROACH)));
  const path = solvePath(nodes, N, T, [...approach, ...ridges]).slice(APPROACH);
  return mixtureTraces(path, pairsOf(path, N, T), v);
}

// The traces at a time, those that decay made good
function mended(nodes, N, T, g, tau, smallest, found) {
  const isLatent = Math.min(N, T) > nodes.M;
  const isFitted = Math.min(N, nodes.M) > T;
  if (g > 0 || !(tau * smallest > 1) || !(isLatent || isFitted)) return found;
  const { S, trainS, trainV } = decayingTraces(nodes, N, T, tau, smallest);
  return { ...found, ...(isLatent ? { S } : {}), trainS, ...(isFitted ? { trainV } : {}) };
}

// The traces at the end of training
function endTraces(nodes, N, T, ridge) {
  const point = solve(nodes, N, T, ridge);
  const { signal, noise } = losses(nodes, point, N, T, ridge, 1);
  const seen = point.yT ** 2;
  const S = 2 * nodes.M * signal;
  return { S, V: 2 * noise, trainS: seen * S, trainV: seen * (2 * noise + 1) };
}

// The losses at rising times
function flowLosses({ N, T, sigma_eps, ridge }, taus, nodes) {
  const g = Math.exp(Math.log(ridge) + Math.log(nodes.M) - Math.log(N) - Math.log(T));
  const smallest = smallestEigenvalue(nodes, N, T);
  const isOver = (tau) => tau * (smallest + g) > OVER;
  const found = [];
  for (let k = 0; k < taus.length; k = found.length) {
    const group = taus.slice(k).filter((tau) => tau <= WINDOW * taus[k] && isOver(tau) === isOver(taus[k]));
    const end = isOver(taus[k]) ? endTraces(nodes, N, T, ridge) : null;
    const traces = end ? group.map(() => end) : contourTraces(nodes, N, T, g, group);
    for (const [i, tau] of group.entries()) {
      const at = mended(nodes, N, T, g, tau, smallest, traces[i]);
      found.push({ N, T, ridge, tau, regime: regime(N, T, nodes.M), ...lossesOf(at, nodes.M, sigma_eps) });
    }
  }
  return found;
}

// The twin of rfscale.predict with or without a time
function predictAt(query) {
  const end = predict(query);
  if (!query.tau) return end;
  return flowLosses({ ...query, ridge: end.ridge }, [query.tau], wideNodes(query.alpha, query.M))[0];
}

// Rounding may leave a decayed signal below 0
function lossesOf({ S, V, trainS, trainV }, M, sigmaEps) {
  const signal = Math.max(S, 0) / (2 * M);
  const noise = sigmaEps > 0 ? (sigmaEps ** 2 / 2) * V : 0;
  const train = Math.max(trainS, 0) / M + (sigmaEps > 0 ? sigmaEps ** 2 * trainV : 0);
  return { test: signal + noise, signal, noise, train };
}
