// The view over training time: the curves of L(tau), the best time, and in words what is seen.

const TIMES = 160; // along the axis
const REFINED = 20; // times between two of them, around the best
const UNHURRIED = 1e-4; // of Delta without ridge: the slowest rate that the axis reaches, where there is no gap
const CLOSE = 0.05; // to the plateau, or above the best

// The nodes of the present spectrum, made once
let wide = { alpha: 0, M: 0 };
const wideHere = () =>
  wide.alpha === state.alpha && wide.M === state.M ? wide : (wide = wideNodes(state.alpha, state.M));

// The losses at rising times, at the present parameters and ridge
const lossesOver = (taus) => flowLosses({ ...state, ridge: here.ridge }, taus, wideHere());

// From before the largest direction is learned to when nothing changes any more, in decades
function timeRange() {
  const { N, T, M, tau } = state;
  const nodes = wideHere();
  const slowest = Math.max(Math.exp(solve(nodes, N, T, 0).z), Math.exp(nodes.logSmallest));
  const rate = (here.ridge * M) / N / T + Math.max(smallestEigenvalue(nodes, N, T), UNHURRIED * slowest);
  const largest = (1 + nodes.trace / N) * (1 + nodes.trace / T);
  const first = Math.min(Math.floor(Math.log10(0.1 / largest)), Math.floor(Math.log10(tau)));
  return [10 ** first, 10 ** Math.max(Math.ceil(Math.log10(20 / rate)), first + 2)];
}

// Losses below it are not shown: where M < N, T the signal decays to nothing, with a ridge to what rounding leaves
const leastShown = () => (Math.min(state.N, state.T) > state.M ? 1e-8 * state.M ** (-1 - state.alpha) : 0);

// The time of the least loss, a row, or null where the loss falls to the end
function bestTime(rows) {
  let found = rows;
  let k = 0;
  for (let zoom = 0; zoom < 4; zoom++) {
    const losses = found.map(({ test }) => test);
    k = losses.indexOf(Math.min(...losses));
    if (k === 0 || k === found.length - 1) return null;
    if (zoom < 3) found = lossesOver(logSpaced([found[k - 1].tau, found[k + 1].tau], REFINED));
  }
  const isBest = found[k].test < here.test * (1 - 1e-6) && found[k].test > leastShown();
  return isBest ? found[k] : null;
}

// What training does at a time
function phase({ tau, test }, best) {
  const least = best ?? here;
  const isAtBest = test <= least.test * (1 + CLOSE);
  if (isAtBest) return here.test <= least.test * (1 + CLOSE) ? "plateau" : "near the best";
  return best && tau > best.tau ? "overfitting" : "learning";
}

// Curves over time, and lines at the end of training and at the best ridge
function timeSeries(rows, range, least) {
  const curve = (label, colour, thickness, dash, values) => ({ label, colour, thickness, dash, values });
  const over = (name, factor = 1) => rows.map((row) => [row.tau, factor * row[name]]);
  const level = (loss) => range.map((tau) => [tau, loss]);
  const series = [curve("L", "test", 2.5, "", over("test"))];
  if (state.sigma_eps > 0)
    series.push(
      curve("signal", "signal", 1.5, "7 3", over("signal")),
      curve("noise", "noise", 1.8, "2 3", over("noise")),
    );
  series.push(curve("½ training error", "soft", 1.3, "", over("train", 0.5)));
  if (here.test > 0 && here.test < Infinity)
    series.push(curve("end of training", "test", 1.3, "3 3", level(here.test)));
  if (state.mode !== "optimal" && least > 0) series.push(curve("optimal ridge", "best", 1.3, "9 3 2 3", level(least)));
  return series;
}

function phaseBands(rows, best) {
  const bands = [];
  for (const [k, row] of rows.entries()) {
    const text = phase(row, best);
    if (bands.at(-1)?.text === text) bands.at(-1).to = row.tau;
    else bands.push({ text, from: rows[Math.max(k - 1, 0)].tau, to: row.tau });
  }
  return bands;
}

// All that the panel shows
function timeSpec() {
  const range = timeRange();
  const rows = lossesOver(logSpaced(range, TIMES));
  const best = bestTime(rows);
  const now = lossesOver([state.tau])[0];
  const least = lossAt({}, "optimal").test;
  const series = timeSeries(rows, range, least);
  const framed = [...rows.map(({ test }) => test), least, here.test].filter((loss) => loss > leastShown());
  const stop = best ? [{ at: best.tau, text: `best time ${short(best.tau)}` }] : [];
  return {
    ...{ name: "tau", series, rows, range, framed, best, now, least },
    bands: phaseBands(rows, best),
    marks: stop,
    point: { name: "τ", at: state.tau, loss: now.test },
    xName: "training time τ",
    title: `L(τ) at N = ${pretty(state.N)}, T = ${pretty(state.T)}`,
  };
}

const short = (tau) => pretty(threeDigits(tau), 3);
const percent = (ratio) => `${Number((100 * Math.abs(ratio - 1)).toPrecision(2))} %`;

// How the best time compares with the best ridge and with the end of training, and why L rises
function stopText({ best, least }) {
  const ratio = here.test / best.test;
  const side = best.test < least ? "below" : "above";
  const ridge = `L is ${percent(best.test / least)} ${side} that of the optimal ridge`;
  const isNoise = here.noise > here.signal;
  const cause = isNoise ? "label noise is learned: " : here.regime === "peak" ? "the peak at N ≈ T is reached: " : "";
  const factor = ratio > 1.5 ? `a factor of ${pretty(ratio, 3)}` : percent(ratio);
  const rise = ratio === Infinity ? "diverges" : `rises by ${factor}`;
  return `The best time is τ = ${short(best.tau)}, where ${ridge}. Later ${cause}L ${rise}.`;
}

// What is seen in the picture
function timeText(spec) {
  const { rows, best } = spec;
  const power = pretty(state.alpha / (1 + state.alpha), 2);
  const first = `While sizes and ridge do not matter, L falls as τ<sup>−${power}</sup>, directions being learned one by one.`;
  if (best) return `${first} ${stopText(spec)}`;
  const settled = rows.find(({ test }) => test <= here.test * (1 + CLOSE));
  if (here.test === 0 || !settled) return `${first} Longer training never hurts.`;
  return `${first} From τ ≈ ${short(settled.tau)} on it is at its plateau, and longer training does not hurt.`;
}

const timeLines = (found) => [
  ...(state.sigma_eps > 0 ? [`signal = ${pretty(found.signal)}`, `noise = ${pretty(found.noise)}`] : []),
  `training error = ${pretty(found.train)}`,
];

// Words and numbers beside the picture
function showTimes() {
  const { spec } = panels.tau;
  const { best, now, least } = spec;
  const at = `at τ = ${pretty(state.tau, 3)}`;
  const rows = [
    [`test loss L ${at}`, now.test],
    [`signal ${at}`, now.signal],
    [`noise ${at}`, now.noise],
    [`training error ${at}`, now.train],
    ["best time τ", best?.tau ?? Infinity, 4],
    ["test loss at the best time", best?.test ?? here.test],
    ["at the end of training", here.test],
    ["at the end, with the optimal ridge", least],
  ];
  element("times").innerHTML = rows
    .map(([name, value, digits = 6]) => `<tr><th scope="row">${name}</th><td>${pretty(value, digits)}</td></tr>`)
    .join("");
  const text = timeText(spec);
  const place = element("seen");
  if (place.dataset.said !== text) place.innerHTML = place.dataset.said = text; // said aloud when it changes
}
