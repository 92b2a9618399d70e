// What comes first in the search. Sphinx counts the words of every section as words of the title, so
// that a page with a section on the thing comes level with the page on the thing. Here titles of pages
// count most, then those of sections. (`subjects.toml` says what no title says.)

const askedFor = () => new URLSearchParams(window.location.search).get("q") ?? "";

const stemsOf = (text) => {
  const stemmer = new Stemmer();
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return new Set(words.filter((word) => !stopwords.has(word) && !/^\d+$/.test(word)).map((word) => stemmer.stemWord(word)));
};

// From 0 to 1: how much of the question a title says, and how much of the title the question
const nearness = (question, title) => {
  const both = [...question].filter((stem) => title.has(stem)).length;
  return both === 0 ? 0 : (0.8 * both) / question.size + (0.2 * both) / title.size;
};

const NEAREST = 40; // added to a page whose title is the question; Sphinx gives at most 16
const SECTION = 0.6; // of that for a section
const NAMED = 50; // added to a function that is called by its name; Sphinx gives at most 26

var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
  score: ([, title, , , score, , kind]) => {
    if (kind === "index") return score;
    const asked = askedFor().toLowerCase().trim();
    if (kind === "object") {
      const depth = title.split(".").length;
      const isNamed = [title, title.split(".").pop()].some((name) => name.toLowerCase() === asked);
      return isNamed ? score + NAMED - depth : score;
    }
    const [page, section] = title.split(" > ");
    const near = nearness(stemsOf(asked), stemsOf(section ?? page));
    return score + NEAREST * near * (section ? SECTION : 1);
  },
};
