// Reading values under the pointer or with the arrow keys, copying, and files to take away.

// The sizes at a place of a panel; null outside of the axes
function sizesAt(name, px, py) {
  const { x, y } = panels[name];
  const rounded = (value) => Math.max(1, Math.round(threeDigits(value)));
  if (px < x.from || px > x.to || py > y.from + 30 || py < y.to - 4) return null;
  if (name === "tau") return { tau: threeDigits(x.value(px)) };
  return name === "map"
    ? { N: rounded(x.value(px)), T: rounded(y.value(clip(py, y.to, y.from))) }
    : { [name]: rounded(x.value(px)) };
}

// Values beside a place of a panel, or none
function show(name, sizes) {
  const panel = panels[name];
  const overlay = element(`chart-${name}`).querySelector(".overlay");
  const { width, height } = panel.size;
  panel.shown = sizes;
  overlay.innerHTML = "";
  if (!sizes || !panel.x) return;
  const { x, y } = panel;
  const found = lossAt(sizes);
  const colours = palette();
  const isMap = name === "map";
  const px = x(found[isMap ? "N" : name]);
  const py = clip(isMap ? y(found.T) : found.test > 0 ? y(found.test) : y.from, y.to, y.from);
  if (px > x.to + 1) return;
  const lines = [
    ...(isMap ? ["N", "T"] : [name]).map((key) => `${key === "tau" ? "τ" : key} = ${pretty(found[key], 6)}`),
    `L = ${pretty(found.test, 6)}`,
  ];
  if (name === "tau") lines.push(...timeLines(found));
  else if (state.mode === "optimal") lines.push(`γ = ${pretty(found.ridge)}`);
  lines.push(name === "tau" ? phase(found, panel.spec.best) : found.regime);
  const hair = line(
    `M${px} ${y.from}V${y.to}${isMap ? `M${x.from} ${py}H${x.to}` : ""}`,
    colours.ink,
    'stroke-opacity="0.6"',
  );
  const dot = `<circle cx="${px}" cy="${py}" r="4" fill="${colours.test}" stroke="${colours.paper}"/>`;
  overlay.innerHTML = svg(width, height, hair + dot + callout(px, py, lines, width, colours));
}

// The values of a panel as those of a slider, which screen readers say when they change
function announce(name) {
  if (name === "tau") return announceTime();
  const size = name === "map" ? "N" : name;
  const where = name === "map" ? `N ${plain(here.N)}, T ${plain(here.T)}` : `${name} ${plain(here[name])}`;
  const loss = here.test === Infinity ? "infinite" : plain(Number(here.test.toPrecision(4)));
  const said = {
    valuemin: 1,
    valuemax: Math.max(state.range, state[size]),
    valuenow: state[size],
    valuetext: `${where}: test loss ${loss}, ${here.regime}`,
  };
  saidOf(name, said);
}

function announceTime() {
  const { range, best, now } = panels.tau.spec;
  saidOf("tau", {
    valuemin: range[0],
    valuemax: Math.max(range[1], state.tau),
    valuenow: state.tau,
    valuetext: `τ ${plain(state.tau)}: test loss ${plain(Number(now.test.toPrecision(4)))}, ${phase(now, best)}`,
  });
}

function saidOf(name, said) {
  for (const [key, value] of Object.entries(said)) element(`chart-${name}`).setAttribute(`aria-${key}`, value);
}

// A key on a panel: which size it changes, and to what
function keyed(name, key) {
  const along = name === "map" && (key === "ArrowUp" || key === "ArrowDown") ? "T" : name === "map" ? "N" : name;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[key];
  const [first, last] = name === "tau" ? panels.tau.spec.range : [1, state.range];
  const ends = { Home: first, End: last }[key];
  if (!steps && !ends) return null;
  return { [along]: ends ?? stepped(along, state[along], steps, Math.max(last, state[along])) };
}

function listenTo(name) {
  const chart = element(`chart-${name}`);
  const place = ({ clientX, clientY }) => {
    const { left, top } = chart.getBoundingClientRect();
    return sizesAt(name, clientX - left, clientY - top);
  };
  chart.addEventListener("pointermove", (event) => show(name, place(event)));
  chart.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && show(name, null));
  chart.addEventListener("blur", () => show(name, null));
  chart.addEventListener("click", (event) => {
    const sizes = place(event);
    if (sizes) (change(sizes), show(name, sizes));
  });
  chart.addEventListener("keydown", (event) => {
    const sizes = event.ctrlKey || event.altKey || event.metaKey ? null : keyed(name, event.key);
    if (!sizes) return;
    event.preventDefault();
    change(sizes);
    show(name, name === "map" ? { N: state.N, T: state.T } : sizes);
  });
  document.addEventListener("pointerdown", (event) => chart.contains(event.target) || show(name, null)); // a tap elsewhere
}

const COLUMNS = ["N", "T", "ridge", "tau", "test", "signal", "noise", "train", "delta", "df1", "df2", "regime"];

// The curves, all digits, with the parameters in every row; tau is empty at the end of training
function toCsv() {
  const rows = ["N", "T", "tau"].flatMap((along) =>
    panels[along].spec.rows.map((row) => {
      const values = COLUMNS.map((column) => (row[column] === Infinity ? "inf" : String(row[column] ?? "")));
      return [`L(${along})`, state.alpha, state.M, state.sigma_eps, ...values].join(",");
    }),
  );
  return [["curve", "alpha", "M", "sigma_eps", ...COLUMNS].join(","), ...rows].join("\n") + "\n";
}

// The panels two by two under a line of parameters, as on white paper
function toSvg() {
  if (panels.map.grid.count !== FINE) useGrid([...mapLosses(FINE)].at(-1));
  const size = { width: 480, height: 420, colours: PALETTES.light };
  const ridge = state.mode === "optimal" ? "optimal" : pretty(ridgeOf(state));
  const parts = Object.keys(panels).map(
    (name, k) =>
      `<g transform="translate(${480 * (k % 2)} ${34 + 420 * Math.floor(k / 2)})">${chartOf(name, size).content}</g>`,
  );
  const sigma = 'σ<tspan dy="4" font-size="11">ε</tspan><tspan dy="-4">';
  const text = `α = ${state.alpha}, M = ${pretty(state.M)}, ${sigma} = ${pretty(state.sigma_eps)}, γ = ${ridge}, planar theory</tspan>`;
  const title = '<rect width="960" height="874" fill="#fff"/>' + label(62, 24, text, "#1a1a1a", 'font-size="15"');
  return svg(960, 874, title + parts.join(""));
}

// The picture at twice its size
function toPng(done) {
  const image = new Image();
  const canvas = Object.assign(document.createElement("canvas"), { width: 1920, height: 1748 });
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
  say("status", `${file} saved`);
}

// In one of the places for messages; the other is emptied
function say(place, text) {
  for (const id of ["status", "copied"]) element(id).textContent = id === place ? text : "";
}

// To the clipboard, or where there is none into a field to copy from
async function copy(text, what, place) {
  say(place, "");
  try {
    await navigator.clipboard.writeText(text);
    say(place, `${what} copied`);
  } catch {
    window.prompt(`Copy the ${what}:`, text);
  }
}

const addressOfState = () => `${location.href.replace(/#.*/, "")}#${toFragment(state)}`;

function listen() {
  for (const name in panels) listenTo(name);
  const onClick = (id, action) => element(id).addEventListener("click", action);
  onClick("csv", () => download("rfscale-curves.csv", new Blob([toCsv()], { type: "text/csv" })));
  onClick("svg", () => download("rfscale.svg", new Blob([toSvg()], { type: "image/svg+xml" })));
  onClick("png", () => toPng((blob) => download("rfscale.png", blob)));
  onClick("link", () => copy(addressOfState(), "address", "status"));
  onClick("copy-python", () => copy(pythonLines(), "Python lines", "copied"));
  onClick("reset", () => change(initialState()));
}
