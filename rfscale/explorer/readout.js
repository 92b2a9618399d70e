// What is said of the present point: its numbers, what bounds the loss, and the lines of Python that give the same.

const LIMITS = {
  features:
    "N < T: the features bound the signal. More samples bring it down to a plateau in L(T), more features lower the plateau.",
  data: "T < N: the samples bound the signal. More features bring it down to a plateau in L(N), more samples lower the plateau.",
  peak: "N ≈ T: without a ridge the loss peaks here, where what is spare of features and samples vanishes together.",
  latent: "N, T ≥ M: every direction can be learned.",
};

// What bounds the loss, in a word and a sentence
function bound() {
  const { N, T, test, regime } = here;
  const { M } = state;
  const least = Math.min(N, T, M);
  if (test === Infinity) return [regime, "The loss diverges: nothing is spare, and there is no ridge."];
  if (test === 0) return [regime, "Everything is learned: N, T ≥ M, no noise, and no ridge."];
  if (here.noise > here.signal) return ["noise", "Most of the loss is label noise that is learned."];
  if (here.ridge === 0 && N === M && T === M)
    return [
      regime,
      "N = T = M: nothing is short and nothing spare, which leaves a loss as the ridge vanishes; beside it L jumps.",
    ];
  if (state.mode === "fixed" && here.df1 < least / 2) {
    const directions = `df₁ = ${pretty(here.df1, 3)} of at most ${pretty(least)} directions`;
    return ["ridge", `The ridge, not the sizes, limits what is learned: ${directions}.`];
  }
  return [regime, LIMITS[regime]];
}

// The local exponent d log L / d log size at a fixed ridge, which at the optimal one is that along it: differences
// over ever smaller steps until two agree, null if none do
function slope(name) {
  if (!(here.test > 0 && here.test < Infinity)) return null;
  let last = NaN;
  for (let step = 1e-3; step > 1e-10; step /= 8) {
    const [more, less] = [1 + step, 1 - step].map(
      (factor) => lossAt({ [name]: state[name] * factor }, here.ridge).test,
    );
    const found = Math.log(more / less) / (Math.log1p(step) - Math.log1p(-step));
    if (Math.abs(found - last) < 2e-4 * Math.max(1, Math.abs(found))) return found;
    last = found;
  }
  return null;
}

const slopeText = (value) =>
  value === null
    ? "–"
    : (Math.abs(value) < 10 ? value.toFixed(3) : value.toPrecision(4)).replace(/^-0\.000$/, "0.000").replace("-", "−");

function pythonLines() {
  const ridge = state.mode === "optimal" ? '"optimal"' : ridgeOf(state);
  return [
    "import rfscale as rf",
    `model = rf.ScalingModel(rf.PowerLaw(alpha=${state.alpha}, M=${state.M}), sigma_eps=${state.sigma_eps})`,
    `rf.predict(model, N=${state.N}, T=${state.T}, ridge=${ridge}).test`,
    `training = rf.GradientFlow(tau=${state.tau}, ridge=${here.ridge})`,
    `rf.predict(model, N=${state.N}, T=${state.T}, training=training).test`,
  ].join("\n");
}

function showReadout() {
  const number = (name) => pretty(here[name], 6);
  const rows = [
    ["test loss L", number("test")],
    ["signal", number("signal")],
    ["noise", number("noise")],
    ["training error, on noisy labels, without ½", number("train")],
    ["ridge γ", number("ridge")],
    ["resolution Δ", number("delta")],
    ["df<sub>1</sub>", number("df1")],
    ["df<sub>2</sub>", number("df2")],
    ["d log L / d log N", slopeText(slope("N"))],
    ["d log L / d log T", slopeText(slope("T"))],
  ];
  element("values").innerHTML = rows
    .map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`)
    .join("");
  showTimes();
  element("here").textContent = `At N = ${pretty(state.N)}, T = ${pretty(state.T)}`;
  element("python").textContent = pythonLines();
  const [word, explained] = bound();
  const text = `<b>${word}</b>: ${escape(explained)}`;
  const place = element("regime");
  if (place.dataset.said !== text) place.innerHTML = place.dataset.said = text; // said aloud when it changes
}
