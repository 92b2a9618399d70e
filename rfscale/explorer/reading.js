// Reading values under the pointer or with the arrow keys, copying, and files to take away.

const KEY_STEP = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowDown: ["y", -1], ArrowUp: ["y", 1] };

// The sizes at a place of a panel, to three digits on the curves' axes; null outside of the axes
function sizesAt(name, px, py) {
  const { x, y } = panels[name], inside = px >= x.from && px <= x.to && py <= y.from + 30 && py >= y.to - 4;
  if (!inside) return null;
  const rounded = (value) => Math.max(1, Math.round(Number(value.toPrecision(3))));
  if (name !== "map") return { [name]: rounded(x.value(px)) };
  return { N: rounded(x.value(px)), T: rounded(y.value(clip(py, y.to, y.from))) };
}

function show(name, sizes) {
  const overlay = element(`chart-${name}`).querySelector(".overlay"), size = sizeOf(name);
  if (!sizes) return void (overlay.innerHTML = "");
  const { x, y } = panels[name], found = lossAt(sizes), colours = palette();
  const px = x(found[name === "map" ? "N" : name]), height = name === "map" ? y(found.T) : found.test > 0 ? y(found.test) : y.from;
  const py = clip(height, y.to, y.from), which = name === "map" ? ["N", "T"] : [name];
  const lines = [...which.map((key) => `${key} = ${found[key]}`), `L = ${pretty(found.test, 6)}`];
  if (state.mode === "optimal") lines.push(`γ = ${pretty(found.ridge)}`);
  lines.push(found.regime);
  const hair = `<path d="M${px} ${y.from}V${y.to}${name === "map" ? `M${x.from} ${py}H${x.to}` : ""}" stroke="${colours.ink}" stroke-opacity="0.6"/>`;
  const dot = `<circle cx="${px}" cy="${py}" r="4" fill="${colours.test}" stroke="${colours.paper}"/>`;
  overlay.innerHTML = svg(size.width, size.height, hair + dot + callout(px, py, lines, size.width, colours));
  return lines.join(", ");
}

// The values of a panel as those of a slider, which screen readers say when they change
function announce(name) {
  const found = lossAt({}), size = name === "map" ? "N" : name;
  const where = name === "map" ? `N ${found.N}, T ${found.T}` : `${name} ${state[name]}`;
  const said = { valuemin: 1, valuemax: Math.max(state.range, state[size]), valuenow: state[size], valuetext: `${where}: test loss ${found.test.toPrecision(4)}, ${found.regime}` };
  for (const [key, value] of Object.entries(said)) element(`chart-${name}`).setAttribute(`aria-${key}`, value);
}

function listenTo(name) {
  const chart = element(`chart-${name}`);
  const place = (event) => sizesAt(name, event.clientX - chart.getBoundingClientRect().left, event.clientY - chart.getBoundingClientRect().top);
  chart.addEventListener("pointermove", (event) => show(name, place(event)));
  chart.addEventListener("pointerleave", () => show(name, null));
  chart.addEventListener("click", (event) => place(event) && change(place(event)));
  chart.addEventListener("blur", () => show(name, null));
  chart.addEventListener("keydown", (event) => {
    const [axis, sign] = KEY_STEP[event.key] ?? [];
    if (!axis || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const moved = name === "map" ? (axis === "x" ? "N" : "T") : name, by = 10 ** ((event.shiftKey ? 0.25 : 0.02) * sign);
    const next = Math.round(Number((state[moved] * by).toPrecision(3)));
    change({ [moved]: clip(next === state[moved] ? next + sign : next, 1, state.range) });
    show(name, name === "map" ? { N: state.N, T: state.T } : { [name]: state[name] });
  });
}

const COLUMNS = ["N", "T", "ridge", "test", "signal", "noise", "train", "delta", "df1", "df2", "regime"];

// Both curves, all digits, with the parameters in every row
function toCsv() {
  const number = (value) => (value === Infinity ? "inf" : String(value));
  const rows = ["N", "T"].flatMap((along) => panels[along].spec.rows.map((row) =>
    [`L(${along})`, state.alpha, state.M, state.sigma_eps, ...COLUMNS.map((column) => number(row[column]))].join(",")));
  return [["curve", "alpha", "M", "sigma_eps", ...COLUMNS].join(","), ...rows].join("\n") + "\n";
}

// The three panels side by side under a line of parameters, as on white paper
function toSvg() {
  const size = { width: 480, height: 420, colours: PALETTES.light }, ridge = state.mode === "optimal" ? "optimal" : pretty(ridgeOf(state));
  const charts = [curveChart({ ...size, ...panels.N.spec }), curveChart({ ...size, ...panels.T.spec }), mapChart({ ...size, ...mapSpec(panels.map.grid) })];
  const parts = charts.map(({ content }, k) => `<g transform="translate(${480 * k} 34)">${content}</g>`);
  const sigma = 'σ<tspan dy="4" font-size="11">ε</tspan><tspan dy="-4">';
  const text = `α = ${state.alpha}, M = ${pretty(state.M)}, ${sigma} = ${pretty(state.sigma_eps)}, γ = ${ridge}, planar theory</tspan>`;
  const title = `<rect width="1440" height="454" fill="#fff"/><text x="62" y="24" font-size="15" fill="#1a1a1a">${text}</text>`;
  return svg(1440, 454, title + parts.join(""));
}

// The picture at twice its size
function toPng(done) {
  const image = new Image(), canvas = Object.assign(document.createElement("canvas"), { width: 2880, height: 908 });
  image.onload = () => {
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(done);
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(toSvg());
}

function download(file, blob) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`${file} saved`);
}

const say = (text) => (element("status").textContent = text);

// To the clipboard, or where there is none into a field to copy from
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    window.prompt(`Copy the ${what}:`, text);
  }
}

function listen() {
  for (const name in panels) listenTo(name);
  element("csv").addEventListener("click", () => download("rfscale-curves.csv", new Blob([toCsv()], { type: "text/csv" })));
  element("svg").addEventListener("click", () => download("rfscale.svg", new Blob([toSvg()], { type: "image/svg+xml" })));
  element("png").addEventListener("click", () => toPng((blob) => download("rfscale.png", blob)));
  element("link").addEventListener("click", () => copy(location.href, "address"));
  element("copy-python").addEventListener("click", () => copy(element("python").textContent, "Python lines"));
  element("reset").addEventListener("click", () => change(initialState()));
}
