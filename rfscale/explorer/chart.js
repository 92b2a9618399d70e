// Curves on logarithmic axes as SVG text: the same functions draw the screen and the exported picture.

const PALETTES = {
  light: {
    paper: "#ffffff",
    ink: "#1a1a1a",
    soft: "#5c5c5c",
    grid: "#e4e4e4",
    test: "#0072b2",
    signal: "#9c4a00",
    noise: "#00734f",
    best: "#8a3d74",
  },
  dark: {
    paper: "#17191c",
    ink: "#ececec",
    soft: "#a9adb3",
    grid: "#30343a",
    test: "#56b4e9",
    signal: "#e69f00",
    noise: "#2fc79a",
    best: "#e29bc6",
  },
};
const FONT = 'font-family="system-ui, sans-serif"';
const LETTER = { 11: 6.7, 12: 7.3 }; // a generous width of a letter, by the size of the font
const MARGIN = { left: 74, right: 14, top: 46, bottom: 44 };
const DECADES = 60; // below the largest loss that are shown at most

const superscript = (k) =>
  String(k)
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const svg = (width, height, content) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT} font-size="12">${content}</svg>`;

// A number as in print, with powers of ten
function pretty(value, digits = 4) {
  if (value === Infinity) return "∞";
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -3 && exponent < 6) return String(Number(value.toPrecision(Math.max(digits, exponent + 1))));
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const factor = Number(mantissa);
  return (factor === 1 ? "" : factor + "·") + "10" + superscript(Number(power));
}

// A logarithmic scale from values to pixels
function logScale(min, max, from, to) {
  const low = Math.log10(min);
  const unit = (to - from) / (Math.log10(max) - low);
  const scale = (value) => from + (Math.log10(value) - low) * unit;
  return Object.assign(scale, { min, max, from, to, value: (pixel) => 10 ** (low + (pixel - from) / unit) });
}

// Positions and texts of ticks, about `room` of them with texts; below two decades 1, 2 and 5 have one
function logTicks(scale, room) {
  const low = Math.log10(scale.min);
  const high = Math.log10(scale.max);
  const isShort = high - low < 2;
  const ticks = [];
  const step = Math.max(1, Math.ceil((high - low) / room));
  for (let k = Math.floor(low); k <= high; k++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = digit * 10 ** k;
      const isNamed = (isShort ? [1, 2, 5] : [1]).includes(digit) && k % step === 0;
      if (value < scale.min * 0.9999 || value > scale.max * 1.0001 || !(isNamed || high - low < 7)) continue;
      const power = (digit > 1 ? digit + "·" : "") + "10" + superscript(k);
      ticks.push({ value, text: !isNamed ? "" : isShort && k >= -2 && k < 5 ? pretty(value) : power });
    }
  }
  return ticks;
}

const line = (path, colour, more = "") => `<path d="${path}" fill="none" stroke="${colour}" ${more}/>`;
const label = (x, y, text, colour, more = "") => `<text x="${x}" y="${y}" fill="${colour}" ${more}>${text}</text>`;
const halo = (colour) => `paint-order="stroke" stroke="${colour}" stroke-width="3" stroke-linejoin="round"`;

// What every panel has: paper, ticks, names of the axes, title
function frame({ width, height, colours, x, y, xName, yName, title }) {
  const parts = [`<rect width="${width}" height="${height}" fill="${colours.paper}"/>`];
  for (const { value, text } of logTicks(x, (x.to - x.from) / 42)) {
    const at = x(value).toFixed(1);
    if (text)
      parts.push(
        line(`M${at} ${y.from}V${y.to}`, colours.grid),
        label(at, y.from + 19, text, colours.ink, 'class="x-tick" text-anchor="middle"'),
      );
    parts.push(line(`M${at} ${y.from}v${text ? 5 : 3}`, colours.ink));
  }
  for (const { value, text } of logTicks(y, (y.from - y.to) / 30)) {
    const at = Number(y(value).toFixed(1));
    if (text)
      parts.push(
        line(`M${x.from} ${at}H${x.to}`, colours.grid),
        label(x.from - 8, at + 4, text, colours.ink, 'class="y-tick" text-anchor="end"'),
      );
    parts.push(line(`M${x.from} ${at}h${text ? -5 : -3}`, colours.ink));
  }
  parts.push(line(`M${x.from} ${y.to}V${y.from}H${x.to}`, colours.ink));
  parts.push(label((x.from + x.to) / 2, height - 8, xName, colours.ink, 'text-anchor="middle"'));
  const turned = `text-anchor="middle" transform="translate(14 ${(y.from + y.to) / 2}) rotate(-90)"`;
  parts.push(label(0, 0, yName, colours.ink, turned), label(x.from, 16, title, colours.ink, 'font-weight="600"'));
  return parts.join("");
}

// The range of the axis for these losses; a peak that diverges goes beyond it
function lossRange(losses) {
  const visible = losses.filter((loss) => loss > 0 && loss < Infinity);
  if (!visible.length) return [1e-3, 1];
  const high = 3 * Math.max(...visible);
  const low = Math.max(Math.min(...visible) / 2, high * 10 ** -DECADES);
  return low < high / 10 ? [low, high] : [high / 40, high * 2];
}

// A curve; it ends where the loss is 0 and leaves the axes where it is infinite
function pathOf(values, x, y) {
  let path = "";
  let pen = "M";
  for (const [position, loss] of values) {
    if (loss > 0) {
      const height = clip(y(Math.min(loss, 1e300)), y.to - 1e4, y.from + 1e4);
      path += `${pen}${x(position).toFixed(1)} ${height.toFixed(1)}`;
    }
    pen = loss > 0 ? "L" : "M";
  }
  return path;
}

// The names of the curves, in rows that are not wider than the room
function legendOf(series, left, room) {
  let at = 0;
  let row = 0;
  return series.map((curve) => {
    const wide = 38 + LETTER[11] * curve.label.length;
    if (at > 0 && at + wide > room) [at, row] = [0, row + 1];
    const place = { ...curve, x: left + at, y: 32 + 14 * row, row };
    at += wide;
    return place;
  });
}

// The regimes along the axis, peak and latent shaded
function regimeBands(bands, x, y, colours) {
  return bands.map(({ from, to, text }) => {
    const isShaded = text === "peak" || text === "latent";
    const wide = x(to) - x(from);
    const shade = `<rect x="${x(from)}" y="${y.to}" width="${wide}" height="${y.from - y.to}" fill="${colours.soft}" opacity="0.1"/>`;
    const look = `text-anchor="middle" font-size="11" ${halo(colours.paper)}`;
    const name = label((x(from) + x(to)) / 2, y.from - 6, text, colours.soft, look);
    return { shade: isShaded ? shade : "", name: wide > LETTER[11] * text.length ? name : "" };
  });
}

// Vertical lines with names, at N = T and N = M
function markLines(marks, range, x, y, colours) {
  const shown = marks.filter(({ at }) => at >= range[0] && at <= range[1]);
  return shown.map(({ at, text }, k) => {
    const isAtEnd = x(at) > x.to - 50;
    const look = `font-size="11" ${isAtEnd ? 'text-anchor="end"' : ""} ${halo(colours.paper)}`;
    const name = label(x(at) + (isAtEnd ? -3 : 3), y.to + 11 + 14 * k, text, colours.soft, look);
    return line(`M${x(at)} ${y.from}V${y.to}`, colours.soft, 'stroke-dasharray="2 3"') + name;
  });
}

// The present point: a ring, or an arrow at the edge beyond which it lies
function pointMark({ name, at, loss }, x, y, colours) {
  const px = clip(x(at), x.from, x.to);
  const py = loss > 0 ? clip(y(Math.min(loss, 1e300)), y.to, y.from) : y.from;
  const isRight = at > x.max * 1.0001;
  const isLow = !(loss >= y.min);
  const isHigh = loss > y.max;
  if (!isRight && !isLow && !isHigh)
    return `<circle cx="${px}" cy="${py}" r="5" fill="${colours.paper}" stroke="${colours.test}" stroke-width="2.5"/>`;
  const turn = isRight ? -90 : isHigh ? 180 : 0;
  const text = isRight ? `${name} = ${pretty(at)}` : `L = ${pretty(loss)}`;
  const arrow = `<path d="M-6 -10L0 0L6 -10z" transform="translate(${px} ${py}) rotate(${turn})" fill="${colours.test}"/>`;
  const isAtEnd = isHigh || px > x.to - 90; // the names of lines stand to the right of a peak
  const look = `font-size="11" ${isAtEnd ? 'text-anchor="end"' : ""} ${halo(colours.paper)}`;
  return arrow + label(px + (isAtEnd ? -12 : 9), clip(py - 14, y.to + 11, y.from - 22), text, colours.ink, look);
}

// Loss curves. Returns the SVG's content and its scales
function curveChart({ name, width, height, colours, range, xName, title, series, framed, bands, marks, point }) {
  const legend = legendOf(series, MARGIN.left, width - MARGIN.left);
  const top = MARGIN.top + 14 * legend.at(-1).row;
  const x = logScale(range[0], range[1], MARGIN.left, width - MARGIN.right);
  const y = logScale(...lossRange(framed), height - MARGIN.bottom, top);
  const regimes = regimeBands(bands, x, y, colours);
  const look = ({ thickness, dash }) => `stroke-width="${thickness}" stroke-dasharray="${dash}"`;
  const inside = `clip-path="url(#axes-${name})" stroke-linejoin="round"`;
  const content = [
    frame({ width, height, colours, x, y, xName, yName: "test loss L", title }),
    ...regimes.map(({ shade }) => shade),
    `<clipPath id="axes-${name}"><rect x="${x.from}" y="${top}" width="${x.to - x.from}" height="${y.from - top}"/></clipPath>`,
    ...[...series]
      .reverse()
      .map((curve) => line(pathOf(curve.values, x, y), colours[curve.colour], `${inside} ${look(curve)}`)),
    ...markLines(marks, range, x, y, colours),
    ...regimes.map((regime) => regime.name),
    ...legend.map((curve) => line(`M${curve.x} ${curve.y}h20`, colours[curve.colour], look(curve))),
    ...legend.map((curve) => label(curve.x + 25, curve.y + 4, curve.label, colours.ink, 'font-size="11"')),
    pointMark(point, x, y, colours),
  ];
  return { content: content.join(""), x, y };
}

// A box with lines of text beside a position, kept inside the panel
function callout(px, py, lines, width, colours) {
  const wide = 14 + LETTER[12] * Math.max(...lines.map((text) => text.length));
  const tall = 10 + 15 * lines.length;
  const left = px + wide + 14 > width ? Math.max(px - wide - 10, 2) : px + 10;
  const top = Math.max(py - tall - 8, 4);
  const texts = lines.map((text, i) => label(left + 7, top + 17 + 15 * i, escape(text), colours.ink));
  return `<rect x="${left}" y="${top}" width="${wide}" height="${tall}" rx="4" fill="${colours.paper}" stroke="${colours.soft}" opacity="0.95"/>${texts.join("")}`;
}
