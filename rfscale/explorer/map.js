// The loss over the (N, T) plane: colours, one contour a decade, regimes, the lines N = T, N = M and T = M.

const VIRIDIS = ["440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725"];
const ZOOM = 4; // pixels between two points of the grid
const MAP_RIGHT = 66;

function viridis(share) {
  const position = clip(share, 0, 1) * (VIRIDIS.length - 1), k = Math.min(Math.floor(position), VIRIDIS.length - 2);
  const channel = (hex, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return [0, 1, 2].map((i) => Math.round(channel(VIRIDIS[k], i) + (position - k) * (channel(VIRIDIS[k + 1], i) - channel(VIRIDIS[k], i))));
}

// log10 of the losses between the ends of the colour scale: all but the topmost hundredth, thirty decades at most
function loggedLosses(grid) {
  const positive = grid.losses.filter((loss) => loss > 0 && loss < Infinity).sort();
  if (!positive.length) return { logs: grid.losses.map(() => 0), low: -1, high: 0 };
  const high = Math.log10(positive[Math.floor(0.99 * (positive.length - 1))]);
  const low = Math.min(Math.max(Math.log10(positive[0]), high - DECADES), high - 0.1);
  return { logs: grid.losses.map((loss) => clip(loss > 0 ? Math.log10(loss) : low, low, high)), low, high };
}

// The picture as a data address; between the points of the grid log L is linear
function mapImage({ count }, { logs, low, high }) {
  const size = ZOOM * (count - 1) + 1, canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d"), image = context.createImageData(size, size);
  const step = high - low > 2.5 ? 1 : 0.25, values = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const a = Math.min(Math.floor(i / ZOOM), count - 2), b = Math.min(Math.floor(j / ZOOM), count - 2);
      const u = i / ZOOM - a, v = j / ZOOM - b, k = b * count + a;
      values[j * size + i] = (1 - v) * ((1 - u) * logs[k] + u * logs[k + 1]) + v * ((1 - u) * logs[k + count] + u * logs[k + count + 1]);
    }
  }
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const here = values[j * size + i], level = Math.floor(here / step);
      const isContour = (i && Math.floor(values[j * size + i - 1] / step) !== level) || (j && Math.floor(values[(j - 1) * size + i] / step) !== level);
      const colour = viridis((here - low) / (high - low)).map((channel) => (isContour ? 0.45 * channel + 140 : channel));
      image.data.set([...colour, 255], 4 * ((size - 1 - j) * size + i));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// Where to write the name of each regime: the middle of its points
function regimePlaces(range, M) {
  const places = {}, count = 40, at = (k) => range[0] * (range[1] / range[0]) ** ((k + 0.5) / count);
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < count; i++) {
      const place = (places[regime(at(i), at(j), M)] ??= { x: 0, y: 0, points: 0 });
      place.x += Math.log(at(i));
      place.y += Math.log(at(j));
      place.points++;
    }
  }
  const large = Object.entries(places).filter(([name, { points }]) => name !== "peak" && points > 0.02 * count ** 2);
  return large.map(([name, { x, y, points }]) => ({ name, N: Math.exp(x / points), T: Math.exp(y / points) }));
}

function mapChart({ width, height, colours, range, grid, M, title, point }) {
  const { left, top, bottom } = MARGIN, right = MAP_RIGHT;
  const x = logScale(range[0], range[1], left, width - right), y = logScale(range[0], range[1], height - bottom, top - 14);
  const scale = (grid.scale ??= loggedLosses(grid)), parts = [];
  parts.push(frame({ width, height, colours, x, y, xName: "number of features N", yName: "number of samples T", title }));
  parts.push(`<image x="${left}" y="${y.to}" width="${x.to - left}" height="${y.from - y.to}" preserveAspectRatio="none" href="${(grid.image ??= mapImage(grid, scale))}"/>`);
  const end = Math.min(range[1], M), line = (path, dash) => parts.push(`<path d="${path}" fill="none" stroke="#000" stroke-width="1.3" stroke-dasharray="${dash}"/>`);
  line(`M${x(range[0])} ${y(range[0])}L${x(end)} ${y(end)}`, "5 3");
  if (M < range[1]) line(`M${x(M)} ${y.to}V${y(M)}H${x.to}`, "");
  for (const { name, N, T } of regimePlaces(range, M)) {
    const wide = 7 * name.length + 8;
    parts.push(`<rect x="${x(N) - wide / 2}" y="${y(T) - 10}" width="${wide}" height="18" rx="3" fill="#222" opacity="0.65"/>`);
    parts.push(`<text x="${x(N)}" y="${y(T) + 4}" text-anchor="middle" fill="#fff" font-weight="600">${name}</text>`);
  }
  parts.push(colourBar(x.to + 12, y, scale, colours));
  const px = clip(x(point.N), x.from, x.to), py = clip(y(point.T), y.to, y.from);
  parts.push(`<path d="M${px} ${y.from}V${y.to}M${x.from} ${py}H${x.to}" stroke="#fff" stroke-opacity="0.7"/>`);
  parts.push(`<circle cx="${px}" cy="${py}" r="5" fill="#fff" stroke="#000" stroke-width="1.5"/>`);
  return { content: parts.join(""), x, y };
}

function colourBar(left, y, { low, high }, colours) {
  const stops = VIRIDIS.map((hex, k) => `<stop offset="${k / (VIRIDIS.length - 1)}" stop-color="#${hex}"/>`).join("");
  const bar = logScale(10 ** low, 10 ** high, y.from, y.to);
  let ticks = logTicks(bar, (y.from - y.to) / 30).filter(({ text }) => text);
  if (ticks.length < 2) ticks = [bar.min, bar.max].map((value) => ({ value, text: pretty(value, 2) }));
  const texts = ticks.map(({ value, text }) => `<text x="${left + 16}" y="${bar(value) + 4}" fill="${colours.ink}" font-size="11">${text}</text>`);
  return (
    `<defs><linearGradient id="viridis" x1="0" y1="1" x2="0" y2="0">${stops}</linearGradient></defs>` +
    `<rect x="${left}" y="${y.to}" width="11" height="${y.from - y.to}" fill="url(#viridis)"/>` +
    `<text x="${left + 5}" y="${y.to - 8}" fill="${colours.ink}" font-size="11" text-anchor="middle">L</text>${texts.join("")}`
  );
}
