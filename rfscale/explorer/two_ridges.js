// The losses of mixtures of ridges, as `rfscale.theory.equations.two_ridge` has them: a prime for "at ridge g'",
//   S = Delta Delta' (df1' - df1)/(g - g'),   V = (Delta' y_N' df1' - Delta y_N df1)/((g' - g) T),
// training y_T y_T' S and y_T y_T' (V + 1); g = g' is the limit. Differences of df1 are taken of whichever of df1,
// df1 - min(N, T) and df1 - M is small.

// What pairs need of a solution, and the sizes that say which form of a difference is best
function oneOf({ g, delta, yN, df1, left, unlearned, weighted }, N) {
  const learned = C.times(delta, df1);
  const seen = C.times(yN, learned);
  const inN = C.scaled(C.times(learned, df1), 1 / N);
  const sizes = [C.size(df1), C.size(left), C.size(unlearned)];
  const isSeen = C.size(seen) < C.size(weighted) + C.size(inN);
  return { g, delta, df1, left, unlearned, weighted, seen, inN, sizes, isSeen };
}

function conjugateOf({ sizes, isSeen, ...one }) {
  const bar = C.conjugate;
  const { g, delta, df1, left, unlearned } = one;
  const forms = { df1: bar(df1), left: bar(left), unlearned: bar(unlearned) };
  const noise = { weighted: bar(one.weighted), seen: bar(one.seen), inN: bar(one.inN) };
  return { g: bar(g), delta: bar(delta), ...forms, ...noise, sizes, isSeen };
}

// df1' - df1
function df1Rise(one, other) {
  const [plain, left, unlearned] = one.sizes.map((size, k) => Math.max(size, other.sizes[k]));
  if (unlearned < left && unlearned < plain) return C.less(one.unlearned, other.unlearned);
  return left < plain ? C.less(other.left, one.left) : C.less(other.df1, one.df1);
}

// Delta y_N df1 - Delta' y_N' df1', of the form whose terms are smaller: Delta df1 = tr Lambda - sum lambda p
function noiseFall(one, other) {
  if (one.isSeen) return C.less(one.seen, other.seen);
  return C.less(C.less(other.weighted, one.weighted), C.less(one.inN, other.inN));
}

// S and V at one ridge twice
function equalPair({ delta, yN, yT, s, df1, df2 }, N, T) {
  const spare = C.add(C.scaled(yN, 1 / T), C.scaled(yT, 1 / N));
  const D = C.add(C.times(yN, yT), C.times(s, spare));
  const noise = C.add(C.times(df2, yN), C.scaled(C.times(s, df1), 1 / N));
  return { S: C.over(C.times(delta, s), D), V: C.scaled(C.over(noise, D), 1 / T) };
}

// S and V at two different ridges
function differentPair(one, other, T) {
  const over = C.over(C.of(1), C.less(one.g, other.g));
  const S = C.times(C.times(C.times(one.delta, other.delta), df1Rise(one, other)), over);
  return { S, V: C.scaled(C.times(noiseFall(one, other), over), 1 / T) };
}

// S and V for all pairs j <= k of a path, and of it with its conjugate
function pairsOf(path, N, T) {
  const ones = path.map((point) => oneOf(point, N));
  const conjugates = ones.map(conjugateOf);
  const pairs = [];
  for (let j = 0; j < ones.length; j++) {
    for (let k = j; k < ones.length; k++) {
      const same = j === k ? equalPair(path[j], N, T) : differentPair(ones[j], ones[k], T);
      pairs.push({ j, k, same, mixed: differentPair(ones[j], conjugates[k], T) });
    }
  }
  return pairs;
}

// sum_jk v_j v_k S_jk over a path and its conjugate, and the same of V
function quadratic(pairs, v, added = 0) {
  const total = { S: 0, V: 0 };
  for (const { j, k, same, mixed } of pairs) {
    const weight = j === k ? 2 : 4;
    const both = C.times(v[j], v[k]);
    const across = C.times(v[j], C.conjugate(v[k]));
    total.S += weight * (C.times(both, same.S).re + C.times(across, mixed.S).re);
    const sameV = C.add(same.V, C.of(added));
    const mixedV = C.add(mixed.V, C.of(added));
    total.V += weight * (C.times(both, sameV).re + C.times(across, mixedV).re);
  }
  return total;
}
