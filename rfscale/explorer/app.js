// The page: four panels, one state, redrawn at every change; the map first coarse and then fine.

const COARSE = 33;
const FINE = 129; // points along a side of the map
const CURVE_POINTS = 220;
const ADDRESS_PAUSE = 400; // ms between two changes of the address, of which browsers allow a few a second
const element = (id) => document.getElementById(id);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const panels = { N: {}, T: {}, map: {}, tau: {} };
let state;
let nodes;
let here;
let task = 0;
let addressTimer = null;

// The losses at the present parameters, but for these sizes, or at a time
function lossAt(sizes = {}, ridge = ridgeOf(state)) {
  if (sizes.tau) return lossesOver([sizes.tau])[0];
  const { alpha, M, sigma_eps, N, T } = state;
  return predict({ alpha, M, sigma_eps, N, T, ...sizes, ridge }, nodes);
}

const range = () => [1, state.range];
const logSpaced = ([low, high], count) =>
  Array.from({ length: count }, (_, k) => low * (high / low) ** (k / (count - 1)));

// Sizes along a curve: evenly in the logarithm, and close to where it bends, N = T and M
function curveSizes(other) {
  const [low, high] = range();
  const sizes = [other, state.M, ...logSpaced(range(), CURVE_POINTS)];
  for (let k = 0; k < 40; k++) {
    for (const near of [1 - 10 ** (-k / 8), 1 + 10 ** (-k / 8)]) sizes.push(other * near, state.M * near);
  }
  return [...new Set(sizes)].filter((size) => size >= low && size <= high).sort((a, b) => a - b);
}

// The curves of a panel: the test loss, its parts where there is noise, and what the optimal ridge would give
function curvesOf(along, sizes, rows) {
  const curve = (label, colour, thickness, dash, losses) => ({
    label,
    colour,
    thickness,
    dash,
    values: sizes.map((size, k) => [size, losses[k]]),
  });
  const part = (name) => rows.map((row) => row[name]);
  const series = [curve("L", "test", 2.5, "", part("test"))];
  if (state.sigma_eps > 0)
    series.push(
      curve("signal", "signal", 1.5, "7 3", part("signal")),
      curve("noise", "noise", 1.8, "2 3", part("noise")),
    );
  const best = state.mode === "optimal" ? null : sizes.map((size) => lossAt({ [along]: size }, "optimal").test);
  if (best) series.push(curve("optimal ridge", "best", 1.3, "9 3 2 3", best));
  return series;
}

// Where along a curve which regime is
function bandsOf(along, sizes) {
  const bands = [];
  for (const [k, size] of sizes.entries()) {
    const text = along === "N" ? regime(size, state.T, state.M) : regime(state.N, size, state.M);
    const last = bands.at(-1);
    if (last?.text === text) last.to = size;
    else bands.push({ text, from: sizes[Math.max(k - 1, 0)], to: size });
  }
  return bands;
}

// All that a panel of curves shows
function curveSpec(along) {
  const other = along === "N" ? "T" : "N";
  const sizes = curveSizes(state[other]);
  const rows = sizes.map((size) => lossAt({ [along]: size }));
  const series = curvesOf(along, sizes, rows);
  const isBend = (size) => Math.abs(size / state[other] - 1) < 0.1 || Math.abs(size / state.M - 1) < 0.03;
  const framing = series.filter(({ colour }) => colour === "test" || colour === "best").flatMap(({ values }) => values);
  return {
    name: along,
    series,
    rows,
    range: range(),
    bands: bandsOf(along, sizes),
    framed: framing.filter(([size]) => !isBend(size)).map(([, loss]) => loss),
    marks: [
      { at: state[other], text: `${along} = ${other}` },
      { at: state.M, text: `${along} = M` },
    ],
    point: { name: along, at: state[along], loss: here.test },
    xName: along === "N" ? "number of features N" : "number of samples T",
    title: `L(${along}) at ${other} = ${pretty(state[other])}`,
  };
}

const mapSpec = () => ({ range: range(), grid: panels.map.grid, M: state.M, title: "L(N, T)", point: state });

// The losses on a square grid: nothing after each row, the grid after the last
function* mapLosses(count) {
  const sizes = logSpaced(range(), count);
  const losses = new Float64Array(count * count);
  for (const [j, T] of sizes.entries()) {
    for (const [i, N] of sizes.entries()) losses[j * count + i] = lossAt({ N, T }).test;
    yield null;
  }
  yield { count, losses };
}

const palette = () => (dark.matches ? PALETTES.dark : PALETTES.light);
const chartOf = (name, size) =>
  name === "map" ? mapChart({ ...size, ...mapSpec() }) : curveChart({ ...size, ...panels[name].spec });

// Draw a panel, unless it is hidden
function paint(name) {
  const panel = panels[name];
  const { width, height } = panel.size ?? {};
  if (!width || !state) return;
  Object.assign(panel, chartOf(name, { width, height, colours: palette() }));
  element(`chart-${name}`).querySelector(".plot").innerHTML = svg(width, height, panel.content);
  show(name, panel.shown);
}

// On paper all panels are shown
function paintForPrint(name) {
  if (!panels[name].size.width) panels[name].size = { width: 480, height: 300 };
  paint(name);
}

function useGrid(grid) {
  panels.map.grid = grid;
  paint("map");
  document.body.dataset.map = grid.count === FINE ? "fine" : "coarse";
}

// The coarse map at once, then the fine one in slices of 12 ms, until a newer task begins
function computeMap() {
  const mine = ++task;
  const steps = mapLosses(FINE);
  useGrid([...mapLosses(COARSE)].at(-1));
  const slice = () => {
    if (mine !== task) return;
    for (const end = performance.now() + 12; performance.now() < end;) {
      const { value } = steps.next();
      if (value) return useGrid(value);
    }
    setTimeout(slice);
  };
  setTimeout(slice, 80);
}

function writeAddress() {
  if (addressTimer) return;
  addressTimer = setTimeout(() => ((addressTimer = null), replaceAddress()), ADDRESS_PAUSE);
  replaceAddress();
}

function replaceAddress() {
  try {
    history.replaceState(null, "", "#" + toFragment(state));
  } catch {} // too often for this browser, or not allowed where the page is embedded; "Copy link" does without
}

// Compute and draw anew after a change of these parameters; N, T and tau do not change the map
function redraw(names) {
  nodes = powerLawNodes(state.alpha, state.M);
  here = lossAt();
  panels.tau.spec = timeSpec();
  showControls(state, names);
  showReadout();
  for (const along of ["N", "T"]) panels[along].spec = curveSpec(along);
  for (const name of ["N", "T", "tau"]) paint(name);
  if (names?.every((name) => name === "N" || name === "T" || name === "tau")) paint("map");
  else computeMap();
  for (const name in panels) announce(name);
  writeAddress();
}

// Take over new values of some parameters; the axes grow with a size that is typed
function change(what) {
  const largest = Math.max(what.N ?? 0, what.T ?? 0);
  const isBeyond = largest > (what.range ?? state.range);
  const grown = isBeyond ? { range: 10 ** Math.ceil(Math.log10(largest)) } : {};
  state = { ...state, ...what, ...grown };
  showComplaints([]);
  redraw(Object.keys({ ...what, ...grown }));
}

const showComplaints = (complaints) =>
  (element("complaints").textContent = complaints.length ? `Not used of the address: ${complaints.join("; ")}.` : "");

function readAddress() {
  const { state: found, complaints } = fromFragment(location.hash);
  state = found;
  redraw();
  showComplaints(complaints);
}

// A panel that is resized or uncovered is drawn anew, nothing is computed
function watchSizes() {
  const observer = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const name = target.id.replace("chart-", "");
      panels[name].size = { width: contentRect.width, height: contentRect.height };
      paint(name);
    }
  });
  for (const name in panels) {
    const { clientWidth: width, clientHeight: height } = element(`chart-${name}`);
    panels[name].size = { width, height };
    observer.observe(element(`chart-${name}`));
  }
}

// Within another page: say how high this one is, so that nothing of it has to scroll in its frame
function tellHeight() {
  if (window.parent === window) return;
  const root = document.documentElement;
  root.classList.add("embedded");
  const tell = () => window.parent.postMessage({ explorerHeight: root.offsetHeight }, "*");
  new ResizeObserver(tell).observe(root);
  window.addEventListener("message", ({ source }) => source === window.parent && tell()); // it listens only now
}

function start() {
  makeControls(element("controls"), change);
  watchSizes();
  listen();
  readAddress();
  tellHeight();
  window.addEventListener("hashchange", readAddress);
  dark.addEventListener("change", () => Object.keys(panels).forEach(paint));
  window.addEventListener("beforeprint", () => Object.keys(panels).forEach(paintForPrint));
  window.rfscale = { predict: (query) => predictAt(checked(query)) }; // for the console, and for the tests
}

// A query of the console, or an Error that says what is wrong with it
function checked(query) {
  const { N, T } = initialState();
  const given = { alpha: 1, M: 1000, sigma_eps: 0, N, T, ...query };
  const ridge = parsed("ridge", given.ridge ?? 0);
  const names = ["alpha", "M", "sigma_eps", "N", "T", ...("tau" in given ? ["tau"] : [])];
  const values = names.map((name) => [name, parse(name, given[name])]);
  return { ...Object.fromEntries(values), ridge: ridgeOf(ridge) };
}
