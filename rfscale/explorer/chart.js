// Curves on logarithmic axes as SVG text: the same function draws the screen and the exported picture.

const PALETTES = {
  light: {
    paper: "#ffffff", ink: "#1a1a1a", soft: "#5c5c5c", grid: "#e4e4e4", band: "#f3f3f3",
    test: "#0072b2", signal: "#9c4a00", noise: "#00734f", best: "#8a3d74",
  },
  dark: {
    paper: "#17191c", ink: "#ececec", soft: "#a9adb3", grid: "#30343a", band: "#1f2226",
    test: "#56b4e9", signal: "#e69f00", noise: "#2fc79a", best: "#e29bc6",
  },
};
const FONT = 'font-family="system-ui, sans-serif"';
const MARGIN = { left: 62, right: 14, top: 46, bottom: 44 };
const DECADES = 30; // below the largest loss that are shown at most

const superscript = (k) => String(k).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

// A short text for a number: 4 digits, powers of ten as in print
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
  const low = Math.log10(min), unit = (to - from) / (Math.log10(max) - low);
  const scale = (value) => from + (Math.log10(value) - low) * unit;
  return Object.assign(scale, { min, max, from, to, value: (pixel) => 10 ** (low + (pixel - from) / unit) });
}

// Positions and texts of ticks, at most `room` of them with texts
function logTicks(scale, room) {
  const low = Math.log10(scale.min), high = Math.log10(scale.max), ticks = [];
  const step = Math.max(1, Math.ceil((high - low) / room)), digits = high - low < 2 ? [1, 2, 5] : [1];
  for (let k = Math.floor(low); k <= high; k++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = digit * 10 ** k, named = digits.includes(digit) && k % step === 0;
      if (value < scale.min * 0.9999 || value > scale.max * 1.0001 || !(named || high - low < 7)) continue;
      ticks.push({ value, text: named ? (digits.length > 1 && k >= -2 && k < 5 ? pretty(value) : (digit > 1 ? digit + "·" : "") + "10" + superscript(k)) : "" });
    }
  }
  return ticks;
}

// What every panel has: paper, ticks, names of the axes, title
function frame({ width, height, colours, x, y, xName, yName, title }) {
  const parts = [`<rect width="${width}" height="${height}" fill="${colours.paper}"/>`];
  const text = (px, py, content, more = "") => parts.push(`<text x="${px}" y="${py}" fill="${colours.ink}" ${more}>${content}</text>`);
  for (const { value, text: label } of logTicks(x, (x.to - x.from) / 42)) {
    const p = x(value).toFixed(1), length = label ? 5 : 3;
    if (label) parts.push(`<path d="M${p} ${y.from}V${y.to}" stroke="${colours.grid}"/>`), text(p, y.from + 19, label, 'text-anchor="middle"');
    parts.push(`<path d="M${p} ${y.from}v${length}" stroke="${colours.ink}"/>`);
  }
  for (const { value, text: label } of logTicks(y, (y.from - y.to) / 30)) {
    const p = y(value).toFixed(1), length = label ? 5 : 3;
    if (label) parts.push(`<path d="M${x.from} ${p}H${x.to}" stroke="${colours.grid}"/>`), text(x.from - 8, Number(p) + 4, label, 'text-anchor="end"');
    parts.push(`<path d="M${x.from} ${p}h${-length}" stroke="${colours.ink}"/>`);
  }
  parts.push(`<path d="M${x.from} ${y.to}V${y.from}H${x.to}" fill="none" stroke="${colours.ink}"/>`);
  text((x.from + x.to) / 2, height - 8, xName, 'text-anchor="middle"');
  text(0, 0, yName, `text-anchor="middle" transform="translate(14 ${(y.from + y.to) / 2}) rotate(-90)"`);
  text(x.from, 16, title, 'font-weight="600"');
  return parts.join("");
}

const svg = (width, height, content) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT} font-size="12">${content}</svg>`;

// The range of the axis for these losses; a peak that diverges goes beyond it
function lossRange(losses) {
  const visible = losses.filter((loss) => loss > 0 && loss < Infinity);
  if (!visible.length) return [1e-3, 1];
  const high = 3 * Math.max(...visible), low = Math.max(Math.min(...visible) / 2, high * 10 ** -DECADES);
  return low < high / 10 ? [low, high] : [high / 40, high * 2];
}

function pathOf(values, x, y) {
  let path = "", pen = "M";
  for (const [position, loss] of values) {
    if (!(loss > 0)) {
      pen = "M";
      continue;
    }
    const height = clip(y(Math.min(loss, 1e300)), y.to - 1e4, y.from + 1e4);
    path += `${pen}${x(position).toFixed(1)} ${height.toFixed(1)}`;
    pen = "L";
  }
  return path;
}

// Loss curves: the first of the series is the test loss. Returns the SVG's content and its scales.
function curveChart({ name, width, height, colours, range, xName, title, series, framed, bands, marks, point }) {
  const { left, right, top, bottom } = MARGIN;
  const x = logScale(range[0], range[1], left, width - right);
  const y = logScale(...lossRange(framed), height - bottom, top);
  const parts = [frame({ width, height, colours, x, y, xName, yName: "test loss L", title })];
  for (const { from, to, text } of bands) {
    if (text === "features" || text === "data") continue;
    parts.push(`<rect x="${x(from)}" y="${top}" width="${x(to) - x(from)}" height="${y.from - top}" fill="${colours.soft}" opacity="0.1"/>`);
  }
  const shown = marks.filter(({ at }) => at >= range[0] && at <= range[1]);
  for (const [k, { at, text }] of shown.entries()) {
    parts.push(`<path d="M${x(at)} ${y.from}V${top}" stroke="${colours.soft}" stroke-dasharray="2 3"/>`);
    const end = x(at) > width - 60;
    parts.push(`<text x="${x(at) + (end ? -3 : 3)}" y="${top + 11 + 14 * k}" ${end ? 'text-anchor="end"' : ""} fill="${colours.soft}" font-size="11">${text}</text>`);
  }
  parts.push(`<clipPath id="axes-${name}"><rect x="${left}" y="${top}" width="${x.to - left}" height="${y.from - top}"/></clipPath>`);
  let legend = left;
  for (const { values, colour, dash, thickness } of [...series].reverse()) {
    const look = `stroke="${colours[colour]}" stroke-width="${thickness}" stroke-dasharray="${dash}"`;
    parts.push(`<path d="${pathOf(values, x, y)}" fill="none" stroke-linejoin="round" clip-path="url(#axes-${name})" ${look}/>`);
  }
  const halo = `paint-order="stroke" stroke="${colours.paper}" stroke-width="3" stroke-linejoin="round"`;
  for (const { from, to, text } of bands) {
    if (x(to) - x(from) < 7 * text.length) continue;
    parts.push(`<text x="${(x(from) + x(to)) / 2}" y="${y.from - 6}" text-anchor="middle" fill="${colours.soft}" font-size="11" ${halo}>${text}</text>`);
  }
  for (const { label, colour, dash, thickness } of series) {
    parts.push(`<path d="M${legend} 32h20" stroke="${colours[colour]}" stroke-width="${thickness}" stroke-dasharray="${dash}"/>`);
    parts.push(`<text x="${legend + 25}" y="36" fill="${colours.ink}" font-size="11">${label}</text>`);
    legend += 38 + 5.8 * label.length;
  }
  const loss = point.loss;
  if (loss > 0 && loss < Infinity && point.at >= range[0] && point.at <= range[1]) {
    const py = clip(y(loss), top, y.from);
    parts.push(`<circle cx="${x(point.at)}" cy="${py}" r="5" fill="${colours.paper}" stroke="${colours.test}" stroke-width="2.5"/>`);
  }
  return { content: parts.join(""), x, y };
}

// A box with lines of text beside a position, kept inside the panel
function callout(px, py, lines, width, colours) {
  const wide = 14 + 6.4 * Math.max(...lines.map((line) => line.length)), tall = 10 + 15 * lines.length;
  const left = px + wide + 14 > width ? px - wide - 10 : px + 10, top = Math.max(py - tall - 8, 4);
  const texts = lines.map((line, i) => `<text x="${left + 7}" y="${top + 17 + 15 * i}" fill="${colours.ink}">${escape(line)}</text>`);
  return `<rect x="${left}" y="${top}" width="${wide}" height="${tall}" rx="4" fill="${colours.paper}" stroke="${colours.soft}" opacity="0.95"/>${texts.join("")}`;
}
