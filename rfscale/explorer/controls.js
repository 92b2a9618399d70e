// The parameters: their ranges, their sliders and fields, and the address that holds them.

const PARAMETERS = {
  alpha: { symbol: "α", text: "exponent of the spectrum, λ<sub>J</sub> = J<sup>−(1+α)</sup>", min: 0.05, max: 5, step: 0.05, initial: 1 },
  M: { symbol: "M", text: "latent dimensions", min: 2, max: 1e12, log: true, whole: true, initial: 1000 },
  N: { symbol: "N", text: "features", min: 1, max: 1e12, log: true, round: true, initial: 100 },
  T: { symbol: "T", text: "samples", min: 1, max: 1e12, log: true, round: true, initial: 300 },
  sigma_eps: { symbol: "σ<sub>ε</sub>", text: "label noise", min: 1e-6, max: 10, log: true, zero: true, initial: 0 },
  ridge: { symbol: "γ", text: "ridge", min: 1e-14, max: 1e4, log: true, initial: 1e-5 },
  range: { symbol: "largest size", text: "on the axes", min: 10, max: 1e13, log: true, round: true, initial: 10000 },
};
const RIDGE_MODES = { none: "none", fixed: "fixed", optimal: "optimal" };

// A number within the limits of its parameter, or an Error that says what is allowed
function parse(name, text) {
  const { min, max, whole, zero } = PARAMETERS[name], value = Number(String(text).trim().replace("−", "-"));
  const isAllowed = String(text).trim() !== "" && ((value >= min && value <= max) || (zero && value === 0)) && (!whole || Number.isInteger(value));
  if (isAllowed) return value;
  const kind = whole ? "a whole number" : "a number";
  throw new Error(`${name} must be ${zero ? "0 or " : ""}${kind} from ${plain(min)} to ${plain(max)}, got ${JSON.stringify(text)}`);
}

function initialState() {
  const state = { mode: "none" };
  for (const name in PARAMETERS) state[name] = PARAMETERS[name].initial;
  return state;
}

// The ridge as `predict` takes it
const ridgeOf = (state) => ({ none: 0, fixed: state.ridge, optimal: "optimal" })[state.mode];

// The state in the address: #alpha=1&M=1000&N=100&T=300&sigma_eps=0&ridge=optimal&range=10000
function toFragment(state) {
  return Object.keys(PARAMETERS).map((name) => `${name}=${name !== "ridge" ? plain(state[name]) : state.mode === "fixed" ? plain(state.ridge) : ridgeOf(state)}`).join("&");
}

// The state of an address, and what in it could not be used
function fromFragment(fragment) {
  const state = initialState(), complaints = [];
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    try {
      if (!Object.hasOwn(PARAMETERS, name)) throw new Error(`no parameter is called ${JSON.stringify(name)}`);
      if (name === "ridge" && text === "optimal") state.mode = "optimal";
      else if (name === "ridge" && Number(text) === 0 && text !== "") state.mode = "none";
      else {
        state[name] = parse(name, text);
        if (name === "ridge") state.mode = "fixed";
      }
    } catch (error) {
      complaints.push(error.message);
    }
  }
  return { state, complaints };
}

// Sliders of logarithmic parameters move along log10; one more step to the left is zero
const STEP = 0.02;
function toPosition(name, value) {
  const { min, log } = PARAMETERS[name];
  return log ? (value === 0 ? Math.log10(min) - STEP : Math.log10(value)) : value;
}

function fromPosition(name, position) {
  const { min, max, log, zero, whole, round } = PARAMETERS[name];
  if (!log) return Number(position.toFixed(4));
  if (zero && position < Math.log10(min) - STEP / 2) return 0;
  const value = clip(Number((10 ** position).toPrecision(3)), min, max);
  return whole || round ? Math.round(value) : value;
}

// Sliders and fields in `place`; `change` is called with what has changed
function makeControls(place, change) {
  for (const [name, { symbol, text, min, max, step, log, zero }] of Object.entries(PARAMETERS)) {
    const low = log ? Math.log10(min) - (zero ? STEP : 0) : min, high = log ? Math.log10(max) : max;
    const modes = Object.entries(RIDGE_MODES).map(([mode, label]) =>
      `<label><input type="radio" name="mode" value="${mode}"> ${label}</label>`);
    const choice = name === "ridge" ? `<span class="modes" role="radiogroup" aria-label="ridge">${modes.join("")}</span>` : "";
    place.insertAdjacentHTML("beforeend",
      `<div class="control" id="control-${name}"><label for="${name}"><b>${symbol}</b> ${text}</label>${choice}
       <input type="range" id="${name}-slider" min="${low}" max="${high}" step="${log ? STEP : step}" aria-labelledby="label-${name}">
       <input type="text" id="${name}" inputmode="decimal" autocomplete="off" spellcheck="false" aria-describedby="error-${name}">
       <p class="error" id="error-${name}" role="alert"></p></div>`);
    const slider = document.getElementById(`${name}-slider`), field = document.getElementById(name);
    place.lastElementChild.querySelector("label").id = `label-${name}`;
    const extra = name === "ridge" ? { mode: "fixed" } : {};
    slider.addEventListener("input", () => change({ [name]: fromPosition(name, Number(slider.value)), ...extra }));
    field.addEventListener("change", () => {
      try {
        change({ [name]: parse(name, field.value), ...extra });
      } catch (error) {
        showError(name, error.message);
      }
    });
  }
  for (const radio of place.querySelectorAll("input[name=mode]")) radio.addEventListener("change", () => change({ mode: radio.value }));
}

function showError(name, message) {
  document.getElementById(`error-${name}`).textContent = message;
  document.getElementById(name).setAttribute("aria-invalid", message !== "");
}

// A number as it can be typed: 1e-5 and 1e12 rather than many zeros
function plain(value) {
  const isLong = value !== 0 && (value < 1e-3 || value >= 1e6);
  return isLong ? value.toExponential().replace("e+", "e") : String(value);
}

// Bring the controls up to the state
function showControls(state) {
  for (const name in PARAMETERS) {
    const slider = document.getElementById(`${name}-slider`), shown = state[name];
    slider.value = toPosition(name, shown);
    slider.setAttribute("aria-valuetext", pretty(shown));
    document.getElementById(name).value = plain(shown);
    showError(name, "");
  }
  document.querySelector(`input[name=mode][value=${state.mode}]`).checked = true;
  document.getElementById("control-ridge").classList.toggle("idle", state.mode !== "fixed");
}
