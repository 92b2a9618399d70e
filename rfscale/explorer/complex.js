// Complex numbers, { re, im }: as many operations as the losses at complex ridges need.

const C = {
  of: (re, im = 0) => ({ re, im }),
  add: (a, b) => ({ re: a.re + b.re, im: a.im + b.im }),
  less: (a, b) => ({ re: a.re - b.re, im: a.im - b.im }),
  times: (a, b) => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re }),
  scaled: (a, factor) => ({ re: a.re * factor, im: a.im * factor }),
  conjugate: (a) => ({ re: a.re, im: -a.im }),
  size: (a) => Math.sqrt(a.re * a.re + a.im * a.im), // in range here, and faster than Math.hypot
  log: (a) => ({ re: Math.log(C.size(a)), im: Math.atan2(a.im, a.re) }),
  exp: (a) => C.scaled({ re: Math.cos(a.im), im: Math.sin(a.im) }, Math.exp(a.re)),
  // Smith's quotient, in which no square of a size over- or underflows
  over: (a, b) => {
    if (Math.abs(b.re) < Math.abs(b.im)) {
      const r = b.re / b.im;
      const d = b.re * r + b.im;
      return { re: (a.re * r + a.im) / d, im: (a.im * r - a.re) / d };
    }
    const r = b.im / b.re;
    const d = b.re + b.im * r;
    return { re: (a.re + a.im * r) / d, im: (a.im - a.re * r) / d };
  },
  // The root in the right half plane
  root: (a) => {
    const size = C.size(a);
    if (size === 0) return { re: 0, im: 0 };
    const half = Math.sqrt((size + Math.abs(a.re)) / 2);
    const rest = a.im / (2 * half);
    return a.re >= 0 ? { re: half, im: rest } : { re: Math.abs(rest), im: a.im < 0 ? -half : half };
  },
};
