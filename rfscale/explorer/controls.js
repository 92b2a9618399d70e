// The parameters: their ranges, their sliders and fields, and the address that holds them.

// `log`: the slider moves along log10; `whole`: whole numbers only; `round`: the slider gives whole numbers;
// `zero`: one more step to the left is 0
const PARAMETERS = {
  alpha: {
    symbol: "α",
    text: "exponent of the spectrum, λ<sub>J</sub> = J<sup>−(1+α)</sup>",
    min: 0.05,
    max: 5,
    step: 0.05,
    initial: 1,
  },
  M: { symbol: "M", text: "latent dimensions", min: 2, max: 1e12, log: true, whole: true, initial: 1000 },
  N: { symbol: "N", text: "features", min: 1, max: 1e12, log: true, round: true, initial: 100 },
  T: { symbol: "T", text: "samples", min: 1, max: 1e12, log: true, round: true, initial: 300 },
  sigma_eps: { symbol: "σ<sub>ε</sub>", text: "label noise", min: 1e-6, max: 10, log: true, zero: true, initial: 0 },
  ridge: { symbol: "γ", text: "ridge", min: 1e-14, max: 1e4, log: true, initial: 1e-5 },
  tau: {
    symbol: "τ",
    text: "training time, t N T/M, of L(τ)",
    min: 1e-6,
    max: 1e72,
    log: true,
    initial: 1000,
  },
  range: { symbol: "largest size", text: "on the axes", min: 10, max: 1e13, log: true, round: true, initial: 10000 },
};
const MODES = ["none", "fixed", "optimal"]; // of the ridge
const STEP = 0.02; // of sliders, in log10
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

// A number as it can be typed: 1e-5 and 1e12 rather than many zeros
function plain(value) {
  const isLong = value !== 0 && (value < 1e-3 || value >= 1e6);
  return isLong ? value.toExponential().replace("e+", "e") : String(value);
}

// As numbers are typed: spaces, a minus as in print, and a comma for the point (but 1,000 may be either)
function tidy(text) {
  const digits = String(text).replace(/[\s_]/g, "").replace("−", "-");
  return /^[1-9]\d{0,2},\d{3}$/.test(digits) ? digits : digits.replace(/^([^.,]*),([^.,]*)$/, "$1.$2");
}

// A number within the limits of its parameter, or an Error that says what is allowed
function parse(name, text) {
  const { min, max, whole, zero } = PARAMETERS[name];
  const digits = tidy(text);
  const value = Number(digits);
  const isInside = (value >= min && value <= max) || (zero && value === 0);
  if (NUMBER.test(digits) && isInside && (!whole || Number.isInteger(value))) return value;
  const kind = `${zero ? "0 or " : ""}${whole ? "a whole number" : "a number"} from ${plain(min)} to ${plain(max)}`;
  const given = String(text).length > 40 ? String(text).slice(0, 40) + "…" : String(text);
  throw new Error(`${name} must be ${name === "ridge" ? `0, optimal or ${kind}` : kind}, got ${JSON.stringify(given)}`);
}

// What a text says of a parameter; that of the ridge may be a word
function parsed(name, text) {
  const word = String(text).trim().toLowerCase();
  if (name === "ridge" && word === "optimal") return { mode: "optimal" };
  if (name === "ridge" && (word === "none" || (NUMBER.test(tidy(text)) && Number(tidy(text)) === 0)))
    return { mode: "none" };
  return { [name]: parse(name, text), ...(name === "ridge" ? { mode: "fixed" } : {}) };
}

function initialState() {
  const values = Object.entries(PARAMETERS).map(([name, { initial }]) => [name, initial]);
  return { ...Object.fromEntries(values), mode: "none" };
}

// The ridge as `predict` takes it
const ridgeOf = (state) => ({ none: 0, fixed: state.ridge, optimal: "optimal" })[state.mode];

// The state in the address: #alpha=1&M=1000&N=100&T=300&sigma_eps=0&ridge=optimal&range=10000
function toFragment(state) {
  const text = (name) => (name === "ridge" && state.mode !== "fixed" ? ridgeOf(state) : plain(state[name]));
  return Object.keys(PARAMETERS)
    .map((name) => `${name}=${text(name)}`)
    .join("&");
}

// The state of an address, and what in it could not be used
function fromFragment(fragment) {
  let state = initialState();
  const complaints = [];
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"))) {
    try {
      if (!Object.hasOwn(PARAMETERS, name))
        throw new Error(`no parameter is called ${JSON.stringify(name.slice(0, 40))}`);
      state = { ...state, ...parsed(name, text) };
    } catch (error) {
      complaints.push(error.message);
    }
  }
  return { state, complaints };
}

function toPosition(name, value) {
  const { min, log } = PARAMETERS[name];
  return log ? (value === 0 ? Math.log10(min) - STEP : Math.log10(value)) : value;
}

const threeDigits = (value) => Number(value.toPrecision(3));
function fromPosition(name, position) {
  const { min, max, log, zero, whole, round } = PARAMETERS[name];
  if (!log) return Number(position.toFixed(4));
  if (zero && position < Math.log10(min) - STEP / 2) return 0;
  const value = clip(threeDigits(10 ** position), min, max);
  return whole || round ? Math.round(value) : value;
}

// One step of the keyboard up or down: of a size at least one
function stepped(name, value, steps, max = PARAMETERS[name].max) {
  const next = threeDigits(value * 10 ** (STEP * steps));
  if (name === "tau") return clip(next, PARAMETERS.tau.min, max);
  const whole = Math.round(next);
  return clip(whole === value ? value + Math.sign(steps) : whole, PARAMETERS[name].min, max);
}

const controlMarkup = (name, { symbol, text, min, max, step, log, zero }) => `
  <div class="control" id="control-${name}">
    <label for="${name}" id="label-${name}"><b>${symbol}</b> ${text}</label>
    ${name === "ridge" ? `<span class="modes" role="radiogroup" aria-label="ridge">${MODES.map((mode) => `<label><input type="radio" name="mode" value="${mode}"> ${mode}</label>`).join("")}</span>` : ""}
    <input type="range" id="${name}-slider" min="${log ? Math.log10(min) - (zero ? STEP : 0) : min}" max="${log ? Math.log10(max) : max}"
      step="${log ? STEP : step}" aria-labelledby="label-${name}">
    <input type="text" id="${name}" inputmode="decimal" autocomplete="off" spellcheck="false" aria-describedby="error-${name}">
    <p class="error" id="error-${name}" role="alert"></p>
  </div>`;

// Sliders and fields in `place`; `change` is called with what has changed
function makeControls(place, change) {
  place.innerHTML = Object.entries(PARAMETERS)
    .map(([name, about]) => controlMarkup(name, about))
    .join("");
  for (const [name, { whole, round }] of Object.entries(PARAMETERS)) {
    const slider = element(`${name}-slider`);
    const field = element(name);
    slider.addEventListener("input", () =>
      change({ [name]: fromPosition(name, Number(slider.value)), ...(name === "ridge" ? { mode: "fixed" } : {}) }),
    );
    slider.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (!steps || !(whole || round)) return; // the browser's own steps would be rounded away
      event.preventDefault();
      change({ [name]: stepped(name, state[name], steps) });
    });
    field.addEventListener("change", () => {
      try {
        change(parsed(name, field.value));
      } catch (error) {
        showError(name, error.message);
      }
    });
  }
  for (const radio of place.querySelectorAll("input[name=mode]"))
    radio.addEventListener("change", () => change({ mode: radio.value }));
}

function showError(name, message) {
  element(`error-${name}`).textContent = message;
  element(name).setAttribute("aria-invalid", message !== "");
}

// Bring the controls of these parameters up to the state; what is being typed elsewhere stays
function showControls(state, names = Object.keys(PARAMETERS)) {
  for (const name of ["N", "T"])
    element(`${name}-slider`).max = Math.log10(Math.max(state.range, state[name])) + STEP / 2;
  const [first, last] = panels.tau.spec.range;
  element("tau-slider").min = Math.log10(first);
  element("tau-slider").max = Math.log10(Math.max(last, state.tau));
  element("tau-slider").value = toPosition("tau", state.tau);
  for (const name of names.filter((key) => key in PARAMETERS)) {
    element(`${name}-slider`).value = toPosition(name, state[name]);
    element(name).value = plain(state[name]);
    showError(name, "");
  }
  const isIdle = state.mode !== "fixed";
  for (const name in PARAMETERS)
    element(`${name}-slider`).setAttribute(
      "aria-valuetext",
      plain(state[name]) + (name === "ridge" && isIdle ? ", not used" : ""),
    );
  document.querySelector(`input[name=mode][value=${state.mode}]`).checked = true;
  element("control-ridge").classList.toggle("idle", isIdle);
}
