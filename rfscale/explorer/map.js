// The loss over the (N, T) plane: colours, one contour a decade, regimes, the lines N = T, N = M and T = M.

const VIRIDIS = [
  "440154",
  "482475",
  "414487",
  "355f8d",
  "2a788e",
  "21918c",
  "22a884",
  "44bf70",
  "7ad151",
  "bddf26",
  "fde725",
];
const SHADES = 1024; // of the colour scale, in a table
const ZOOM = 4; // pixels between two points of the grid
const MAP_RIGHT = 66;

// Red, green, blue of each shade, and the same lightened for contours
const TABLE = [false, true].map((isContour) =>
  Array.from({ length: SHADES }, (_, shade) => {
    const position = (shade / (SHADES - 1)) * (VIRIDIS.length - 1);
    const k = Math.min(Math.floor(position), VIRIDIS.length - 2);
    return [0, 2, 4].map((i) => {
      const [a, b] = [k, k + 1].map((n) => parseInt(VIRIDIS[n].slice(i, i + 2), 16));
      const mixed = a + (position - k) * (b - a);
      return Math.round(isContour ? 0.45 * mixed + 140 : mixed);
    });
  }),
);

// log10 of the losses between the ends of the colour scale: all but the topmost hundredth
function loggedLosses(losses) {
  const positive = losses.filter((loss) => loss > 0 && loss < Infinity).sort();
  if (!positive.length) return { logs: losses.map(() => 0), low: -1, high: 0 };
  const high = Math.log10(positive[Math.floor(0.99 * (positive.length - 1))]);
  const low = Math.min(Math.max(Math.log10(positive[0]), high - DECADES), high - 0.1);
  const ends = { hasZero: losses.includes(0), hasInfinite: losses.includes(Infinity) };
  return { logs: losses.map((loss) => clip(loss > 0 ? Math.log10(loss) : low, low, high)), low, high, ...ends };
}

// Between the points of the grid log L is linear: ZOOM values from each to the next, both ways
function refined(logs, count) {
  const size = ZOOM * (count - 1) + 1;
  const values = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const b = Math.min(Math.floor(j / ZOOM), count - 2);
    const v = j / ZOOM - b;
    for (let i = 0; i < size; i++) {
      const a = Math.min(Math.floor(i / ZOOM), count - 2);
      const u = i / ZOOM - a;
      const k = b * count + a;
      const [lower, upper] = [(1 - u) * logs[k] + u * logs[k + 1], (1 - u) * logs[k + count] + u * logs[k + count + 1]];
      values[j * size + i] = (1 - v) * lower + v * upper;
    }
  }
  return { size, values };
}

// The picture as a data address
function mapImage({ count }, { logs, low, high }) {
  const { size, values } = refined(logs, count);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const pixels = image.data;
  const step = high - low > 2.5 ? 1 : 0.25;
  const levels = values.map((value) => Math.floor(value / step));
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const k = j * size + i;
      const level = levels[k];
      const at = 4 * ((size - 1 - j) * size + i); // T grows upwards
      const isContour = (i > 0 && levels[k - 1] !== level) || (j > 0 && levels[k - size] !== level);
      const shade = Math.round(((values[k] - low) / (high - low)) * (SHADES - 1));
      const colour = TABLE[isContour ? 1 : 0][shade];
      pixels[at] = colour[0];
      pixels[at + 1] = colour[1];
      pixels[at + 2] = colour[2];
      pixels[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// Where to write the name of each regime: the middle of its points
function regimePlaces(range, M) {
  const places = {};
  const count = 40;
  const sizes = logSpaced(range, count);
  for (const T of sizes) {
    for (const N of sizes) {
      const place = (places[regime(N, T, M)] ??= { x: 0, y: 0, points: 0 });
      place.x += Math.log(N);
      place.y += Math.log(T);
      place.points++;
    }
  }
  const large = Object.entries(places).filter(([name, { points }]) => name !== "peak" && points > 0.02 * count ** 2);
  return large.map(([name, { x, y, points }]) => ({ name, N: Math.exp(x / points), T: Math.exp(y / points) }));
}

// N = T up to M, from there on N = M and T = M; and the present point with its hairs, unless it lies outside
function mapLines(x, y, M, point) {
  const [low, high] = [x.min, x.max];
  const end = Math.min(high, M);
  const bright = 'stroke-width="3.5" stroke-opacity="0.5"';
  const corner = M < high ? `M${x(M)} ${y.to}V${y(M)}H${x.to}` : "";
  const diagonal = `M${x(low)} ${y(low)}L${x(end)} ${y(end)}`;
  const lines = [line(corner, "#fff", bright), line(corner, "#000", 'stroke-width="1.3"')];
  lines.push(line(diagonal, "#000", 'stroke-width="1.3" stroke-dasharray="5 3"'));
  if (point.N > high * 1.0001 || point.T > high * 1.0001) {
    const text = `outside: N = ${pretty(point.N)}, T = ${pretty(point.T)} ↗`;
    return (
      lines.join("") + label(x.to - 6, y.to + 14, text, "#fff", `font-size="11" text-anchor="end" ${halo("#222")}`)
    );
  }
  const hairs = `M${x(point.N)} ${y.from}V${y.to}M${x.from} ${y(point.T)}H${x.to}`;
  lines.push(
    line(hairs, "#000", 'stroke-width="2.5" stroke-opacity="0.35"'),
    line(hairs, "#fff", 'stroke-opacity="0.8"'),
  );
  return (
    lines.join("") +
    `<circle cx="${x(point.N)}" cy="${y(point.T)}" r="5" fill="#fff" stroke="#000" stroke-width="1.5"/>`
  );
}

function regimeName({ name, N, T }, x, y) {
  const wide = LETTER[12] * name.length + 10;
  const px = clip(x(N), x.from + wide / 2 + 2, x.to - wide / 2 - 2);
  const py = clip(y(T), y.to + 11, y.from - 11);
  const box = `<rect x="${px - wide / 2}" y="${py - 10}" width="${wide}" height="18" rx="3" fill="#222" opacity="0.65"/>`;
  return box + label(px, py + 4, name, "#fff", 'text-anchor="middle" font-weight="600"');
}

function mapChart({ width, height, colours, range, grid, M, title, point }) {
  const x = logScale(range[0], range[1], MARGIN.left, width - MAP_RIGHT);
  const y = logScale(range[0], range[1], height - MARGIN.bottom, 32);
  const scale = (grid.scale ??= loggedLosses(grid.losses));
  const picture = (grid.image ??= mapImage(grid, scale));
  const content = [
    frame({ width, height, colours, x, y, xName: "number of features N", yName: "number of samples T", title }),
    `<image x="${x.from}" y="${y.to}" width="${x.to - x.from}" height="${y.from - y.to}" preserveAspectRatio="none" href="${picture}"/>`,
    mapLines(x, y, M, point),
    ...regimePlaces(range, M).map((place) => regimeName(place, x, y)),
    colourBar(x.to + 12, y, scale, colours),
  ];
  return { content: content.join(""), x, y };
}

// The colours of log L; 0 and infinity have those of the ends, which then say so
function colourBar(left, y, { low, high, hasZero, hasInfinite }, colours) {
  const stops = VIRIDIS.map((hex, k) => `<stop offset="${k / (VIRIDIS.length - 1)}" stop-color="#${hex}"/>`).join("");
  const bar = logScale(10 ** low, 10 ** high, y.from, y.to);
  let ticks = logTicks(bar, (y.from - y.to) / 30).filter(({ text }) => text);
  if (ticks.length < 2) ticks = [bar.min, bar.max].map((value) => ({ value, text: pretty(value, 2) }));
  return [
    `<defs><linearGradient id="viridis" x1="0" y1="1" x2="0" y2="0">${stops}</linearGradient></defs>`,
    `<rect x="${left}" y="${y.to}" width="11" height="${y.from - y.to}" fill="url(#viridis)"/>`,
    label(left, y.to - 8, hasInfinite ? "L (and ∞)" : "L", colours.ink, 'font-size="11"'),
    label(left, y.from + 33, hasZero ? "and 0" : "", colours.ink, 'font-size="11"'),
    ...ticks.map(({ value, text }) =>
      label(left + 16, bar(value) + 4, text, colours.ink, 'font-size="11" class="tick"'),
    ),
  ].join("");
}
