// What a printed page lacks or has too much: a list of sentences, empty where all is well. For emulated print.
() => {
  const found = new Set();
  const width = document.documentElement.clientWidth;
  const shows = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 1;
  const named = (node) => `${node.tagName.toLowerCase()}.${node.getAttribute("class") ?? ""} “${node.textContent.trim().slice(0, 40)}”`;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shows);

  const CLUTTER = "nav, .portal-navigation, .portal-before, .portal-footer, .govuk-skip-link, .govuk-pagination, button, .govuk-button, input, select, textarea, a[download], .sort-link__mark, .portal-header__action";
  for (const node of all(CLUTTER)) found.add(`${named(node)} is printed`);
  for (const node of all("main a")) {
    const { textDecorationLine, color } = getComputedStyle(node);
    if (textDecorationLine !== "none" || color !== getComputedStyle(node.parentElement).color) found.add(`${named(node)} looks like a link`);
  }

  for (const table of document.querySelectorAll("main table")) {
    if (!shows(table)) { found.add(`${named(table)} is not printed`); continue; }
    const box = table.getBoundingClientRect();
    if (box.left < -1 || box.right > width + 1) found.add(`${named(table)} is cut off: ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
    if (getComputedStyle(table).display !== "table") found.add(`${named(table)} is stacked`);
    if (table.tHead && getComputedStyle(table.tHead).display !== "table-header-group") found.add(`${named(table)} does not repeat its head`);
    if (table.tFoot && getComputedStyle(table.tFoot).display !== "table-row-group") found.add(`${named(table)} repeats its sums`);
    for (let one = table.parentElement; one !== document.body; one = one.parentElement) {
      if (getComputedStyle(one).overflowX !== "visible") found.add(`${named(one)} cuts its table off`);
    }
    for (const cell of table.querySelectorAll("td, th")) {
      if (cell.scrollWidth > cell.clientWidth + 1 && shows(cell)) found.add(`${named(cell)} does not fit its column`);
    }
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest("script, style, svg") || !shows(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.right > width + 1) found.add(`${named(parent)} leaves the sheet`);
  }

  for (const area of document.querySelectorAll("[data-chart]")) {
    const drawing = area.querySelector("svg.main-svg").getBoundingClientRect();
    const room = area.getBoundingClientRect();
    if (!shows(area) || drawing.height < 100 || drawing.right > room.right + 1 || drawing.bottom > room.bottom + 1) found.add(`${area.dataset.chart} has no whole drawing`);
    if (!shows(area.closest("figure").querySelector("table"))) found.add(`${area.dataset.chart} has no table`);
    const COLOURS = /rgb\((18, 67, 109|40, 161, 151|244, 106, 37|169, 191, 211)\)|url\(/;
    const bars = [...area.querySelectorAll(".bars .point path")].map((bar) => getComputedStyle(bar).fill);
    if (!area.closest("figure").matches(":has(.points)") && bars.length && !bars.some((fill) => COLOURS.test(fill))) found.add(`${area.dataset.chart} lost its colours`);
  }

  for (const heading of all("main h1, main h2, main h3, main h4, main caption, main .chart__caption")) {
    const { breakAfter, breakInside } = getComputedStyle(heading);
    if (breakAfter !== "avoid" || breakInside !== "avoid") found.add(`${named(heading)} may stand alone at the foot of a sheet`);
  }
  if (all(".portal-printed").length !== 1) found.add("nothing says where the sheet comes from");
  for (const node of document.querySelectorAll(".board-stamp")) if (!shows(node)) found.add("as at which roll-up is not printed");
  return [...found];
}
