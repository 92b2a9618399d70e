// A formula within the text that is wider than the text scrolls in a box of its own.
const markWideFormulas = () => {
  for (const formula of document.querySelectorAll("span.math")) {
    formula.classList.remove("wide");
    const text = formula.closest("p, dd, li, td, h1, h2, h3");
    const room = text.clientWidth || document.querySelector("article").clientWidth;
    formula.classList.toggle("wide", formula.getBoundingClientRect().width > room + 1);
  }
};

window.addEventListener("load", () => {
  window.MathJax?.startup?.promise?.then(markWideFormulas);
  window.addEventListener("resize", markWideFormulas);
});
