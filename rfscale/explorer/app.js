// The page: three panels, one state, redrawn at every change; the map first coarse and then fine.

const COARSE = 33, FINE = 129; // points along a side of the map
const CURVE_POINTS = 220;
const element = (id) => document.getElementById(id);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const panels = { N: {}, T: {}, map: {} };
let state, nodes, task = 0;

const query = (sizes) => ({ alpha: state.alpha, M: state.M, sigma_eps: state.sigma_eps, N: state.N, T: state.T, ridge: ridgeOf(state), ...sizes });
const lossAt = (sizes, ridge = ridgeOf(state)) => predict(query({ ...sizes, ridge }), nodes);
const range = () => [1, state.range];

// Sizes along a curve: evenly in the logarithm, and close to where it bends, N = T and M
function curveSizes(other) {
  const [low, high] = range(), sizes = [other, state.M];
  for (let k = 0; k <= CURVE_POINTS; k++) sizes.push(low * (high / low) ** (k / CURVE_POINTS));
  for (let k = 0; k < 40; k++) for (const sign of [-1, 1]) {
    const near = sign * 10 ** (-k / 8);
    sizes.push(other * (1 + near), state.M * (1 + near));
  }
  return [...new Set(sizes)].filter((size) => size >= low && size <= high).sort((a, b) => a - b);
}

function curveSpec(along) {
  const other = along === "N" ? "T" : "N", sizes = curveSizes(state[other]);
  const rows = sizes.map((size) => lossAt({ [along]: size }));
  const series = [{ label: "L", colour: "test", dash: "", thickness: 2.5, values: sizes.map((size, k) => [size, rows[k].test]) }];
  if (state.sigma_eps > 0) {
    series.push({ label: "signal", colour: "signal", dash: "7 3", thickness: 1.5, values: sizes.map((size, k) => [size, rows[k].signal]) });
    series.push({ label: "noise", colour: "noise", dash: "2 3", thickness: 1.8, values: sizes.map((size, k) => [size, rows[k].noise]) });
  }
  if (state.mode !== "optimal")
    series.push({ label: "best ridge", colour: "best", dash: "9 3 2 3", thickness: 1.3, values: sizes.map((size) => [size, lossAt({ [along]: size }, "optimal").test]) });
  const isBend = (size) => Math.abs(size / state[other] - 1) < 0.1 || Math.abs(size / state.M - 1) < 0.03;
  const framed = series.filter(({ colour }) => colour === "test" || colour === "best")
    .flatMap(({ values }) => values.filter(([size]) => !isBend(size)).map(([, loss]) => loss));
  const bands = [];
  for (let k = 1; k < sizes.length; k++) {
    const name = regime(...(along === "N" ? [sizes[k], state.T] : [state.N, sizes[k]]), state.M), last = bands.at(-1);
    if (last && last.text === name) last.to = sizes[k];
    else bands.push({ text: name, from: sizes[k - 1], to: sizes[k] });
  }
  const marks = [{ at: state[other], text: `${along} = ${other}` }, { at: state.M, text: `${along} = M` }];
  return {
    name: along, series, bands, marks, rows, framed, range: range(), point: { at: state[along], loss: lossAt({}).test },
    xName: along === "N" ? "number of features N" : "number of samples T", title: `L(${along}) at ${other} = ${pretty(state[other])}`,
  };
}

// The losses on a square grid: nothing after each row, the grid after the last
function* mapLosses(count) {
  const [low, high] = range(), losses = new Float64Array(count * count), at = (k) => low * (high / low) ** (k / (count - 1));
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < count; i++) losses[j * count + i] = lossAt({ N: at(i), T: i === j ? at(i) : at(j) }).test;
    yield null;
  }
  yield { count, losses };
}

const sizeOf = (name) => ({ width: Math.max(element(`chart-${name}`).clientWidth, 260), height: Math.max(element(`chart-${name}`).clientHeight, 200) });
const palette = () => (dark.matches ? PALETTES.dark : PALETTES.light);

function draw(name, chart, size) {
  Object.assign(panels[name], chart);
  element(`chart-${name}`).querySelector(".plot").innerHTML = svg(size.width, size.height, chart.content);
}

function drawCurves() {
  for (const along of ["N", "T"]) {
    panels[along].spec = curveSpec(along);
    draw(along, curveChart({ ...sizeOf(along), colours: palette(), ...panels[along].spec }), sizeOf(along));
  }
}

const mapSpec = (grid) => ({ range: range(), grid, M: state.M, title: "L(N, T)", point: state });
function drawMap(grid) {
  panels.map.grid = grid;
  draw("map", mapChart({ ...sizeOf("map"), colours: palette(), ...mapSpec(grid) }), sizeOf("map"));
}

// The coarse map at once, then the fine one in slices of 12 ms, until a newer task begins
function computeMap() {
  const mine = ++task, steps = mapLosses(FINE);
  drawMap([...mapLosses(COARSE)].at(-1));
  document.body.dataset.map = "coarse";
  const slice = () => {
    if (mine !== task) return;
    for (const end = performance.now() + 12; performance.now() < end; ) {
      const { value } = steps.next();
      if (!value) continue;
      drawMap(value);
      document.body.dataset.map = "fine";
      return;
    }
    setTimeout(slice);
  };
  setTimeout(slice, 80);
}

const REGIMES = {
  features: "N < T: the features bound the signal. More samples bring it down to a plateau in L(T), more features lower the plateau.",
  data: "T < N: the samples bound the signal. More features bring it down to a plateau in L(N), more samples lower the plateau.",
  peak: "N ≈ T: the peak of double descent, unless a ridge removes it.",
  latent: "N, T ≥ M: every direction can be learned; without a ridge only label noise is left.",
};

// The local exponent d log L / d log size
function slope(name) {
  const [more, less] = [1.001, 0.999].map((factor) => lossAt({ [name]: state[name] * factor }).test);
  const value = Math.log(more / less) / Math.log(1.001 / 0.999);
  return Number.isFinite(value) ? value.toFixed(3).replace("-", "−") : "–";
}

function showReadout() {
  const found = lossAt({}), cell = (name, value) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
  const number = (value) => `<span title="${value}">${pretty(value, 6)}</span>`;
  element("values").innerHTML = [
    cell("test loss L", number(found.test)), cell("signal", number(found.signal)), cell("noise", number(found.noise)),
    cell("training error", number(found.train)), cell("ridge γ", number(found.ridge)), cell("resolution Δ", number(found.delta)),
    cell("df<sub>1</sub>", number(found.df1)), cell("df<sub>2</sub>", number(found.df2)),
    cell("d log L / d log N", slope("N")), cell("d log L / d log T", slope("T")),
  ].join("");
  const noisy = found.noise > found.signal ? " Most of the loss is label noise that was learned." : "";
  element("regime").innerHTML = `<b>${found.regime}</b> — ${escape(REGIMES[found.regime])}${noisy}`;
  element("here").textContent = `At N = ${pretty(state.N)}, T = ${pretty(state.T)}`;
  const ridge = state.mode === "optimal" ? '"optimal"' : ridgeOf(state);
  element("python").textContent = `import rfscale as rf\nmodel = rf.ScalingModel(rf.PowerLaw(alpha=${state.alpha}, M=${state.M}), sigma_eps=${state.sigma_eps})\n` +
    `rf.predict(model, N=${state.N}, T=${state.T}, ridge=${ridge}).test`;
}

function redraw(isSameMap = false) {
  nodes = powerLawNodes(state.alpha, state.M);
  showControls(state);
  drawCurves();
  showReadout();
  for (const name in panels) announce(name);
  if (isSameMap) drawMap(panels.map.grid);
  else computeMap();
  history.replaceState(null, "", "#" + toFragment(state));
}

// Take over new values of some parameters; N and T are only marked on the map
function change(what) {
  state = { ...state, ...what };
  showComplaints([]);
  redraw(Object.keys(what).every((name) => name === "N" || name === "T"));
}

const showComplaints = (complaints) => (element("complaints").textContent = complaints.length ? `Not used of the address: ${complaints.join("; ")}.` : "");

function readAddress() {
  const { state: found, complaints } = fromFragment(location.hash);
  state = found;
  redraw();
  showComplaints(complaints);
}

function start() {
  makeControls(element("controls"), change);
  listen();
  readAddress();
  window.addEventListener("hashchange", readAddress);
  dark.addEventListener("change", () => redraw(true));
  const resized = new ResizeObserver(() => redraw(true));
  for (const name in panels) resized.observe(element(`chart-${name}`));
  window.rfscale = { predict: (wanted) => predict(wanted) }; // for the console, and for the tests
}
