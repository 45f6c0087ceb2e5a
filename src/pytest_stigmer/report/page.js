"use strict";
(() => {
  const items = [...document.querySelectorAll(".item")];
  const buttons = [...document.querySelectorAll("[data-filter]")];
  const search = document.getElementById("search");
  const found = document.getElementById("found");

  const known = new Map();
  function wordsOf(element) {
    if (!known.has(element)) {
      const told = (element.querySelector("summary") ?? element).textContent;
      known.set(element, `${told} ${element.dataset.words ?? ""}`.toLowerCase());
    }
    return known.get(element);
  }

  function apply() {
    const wanted = new Set(
      buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.filter),
    );
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (element) => words.every((word) => wordsOf(element).includes(word));
    const defects = [...document.querySelectorAll("tr.defect")];
    let shown = 0;
    for (const item of items) {
      item.hidden = !(fits(item) && (wanted.size === 0 || wanted.has(item.dataset.status)));
      shown += item.hidden ? 0 : 1;
    }
    const isAboutDefects = words.length > 0 && defects.some(fits);
    for (const row of defects) {
      row.hidden = isAboutDefects && !fits(row);
      if (isAboutDefects && fits(row)) row.closest("details").open = true;
    }
    const isFiltered = words.length > 0 || wanted.size > 0;
    found.textContent = isFiltered ? `${shown} of ${items.length} entries` : "";
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const isPressed = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!isPressed));
      apply();
    });
  }
  search.addEventListener("input", async () => {
    await fillFamilies();
    apply();
  });

  // What unfolds of a proof is packed: its parts and which of them each text has, deflated.
  const packed = document.getElementById("packed");
  let bodies;
  async function unpack() {
    const bytes = Uint8Array.from(atob(packed.content.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const [parts, texts] = JSON.parse(await new Response(stream).text());
    return texts.map((numbers) => numbers.map((number) => parts[number]).join(""));
  }
  const filled = new Map();
  function fill(card) {
    if (!filled.has(card)) {
      bodies ??= unpack();
      const put = (all) => card.insertAdjacentHTML("beforeend", all[card.dataset.body]);
      filled.set(card, bodies.then(put));
    }
    return filled.get(card);
  }
  const families = [...document.querySelectorAll(".family[data-body]")];
  const fillFamilies = () => Promise.all(families.map(fill));
  for (const card of document.querySelectorAll("[data-body]")) {
    card.addEventListener("toggle", () => fill(card));
  }

  // A link may lead into something folded, packed or filtered away: open and show the way to it.
  async function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    const card = document.getElementById(id.split("-")[0]);
    if (card && "body" in card.dataset) await fill(card);
    if (!document.getElementById(id)) await fillFamilies();
    const target = document.getElementById(id);
    if (!target) return;
    for (let element = target; element; element = element.parentElement) {
      element.hidden = false;
      if (element.tagName === "DETAILS") element.open = true;
    }
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  const root = document.documentElement;
  const toggle = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const name = () => {
    toggle.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  system.addEventListener("change", name);
  name();
})();
