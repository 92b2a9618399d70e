// A formula within the text that is wider than the text scrolls in a box of its own.
const markWideFormulas = () => {
  for (const formula of document.querySelectorAll("span.math")) {
    formula.classList.remove("wide");
    const room =
      formula.closest("p, dd, li, td, th, dt, h1, h2, h3")?.clientWidth ||
      document.querySelector("article").clientWidth;
    formula.classList.toggle("wide", formula.getBoundingClientRect().width > room + 1);
  }
};

// What scrolls can be reached and scrolled by the keyboard.
const markScrolling = () => {
  for (const box of document.querySelectorAll("div.math, span.math.wide, pre, .picture, .table-wrapper")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};

// Names and levels that the theme and the galleries leave out.
const nameThings = () => {
  for (const caption of document.querySelectorAll("p.caption[role=heading]")) caption.setAttribute("aria-level", "2");
  for (const link of document.querySelectorAll(".sphx-glr-thumbcontainer a"))
    link.setAttribute("aria-label", link.textContent);
  for (const button of document.querySelectorAll(".copybtn")) button.setAttribute("aria-label", "Copy");
  document.querySelector("aside.sidebar-drawer")?.setAttribute("aria-label", "All pages");
  document.querySelector("aside.toc-drawer")?.setAttribute("aria-label", "On this page");
};

// The explorer says how high it is, and gets as much.
window.addEventListener("message", ({ data, source }) => {
  const height = data?.explorerHeight;
  for (const frame of document.querySelectorAll("iframe.explorer:not(.small)"))
    if (frame.contentWindow === source && height > 0) frame.style.height = `${Math.ceil(height) + 2}px`;
});
// It may have said so before this page listened.
const askHeights = () => {
  for (const frame of document.querySelectorAll("iframe.explorer:not(.small)")) frame.contentWindow.postMessage({}, "*");
};

window.addEventListener("load", () => {
  nameThings();
  askHeights();
  const mark = () => (markWideFormulas(), markScrolling());
  (window.MathJax?.startup?.promise ?? Promise.resolve()).then(mark);
  window.addEventListener("resize", mark);
});
