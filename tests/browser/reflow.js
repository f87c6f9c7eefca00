// What a reader who enlarges the page cannot see or reach: a list of sentences, empty where all is well.
() => {
  const found = new Set();
  const width = document.documentElement.clientWidth;
  const named = (node) => `${node.tagName.toLowerCase()}.${node.getAttribute("class") ?? ""} “${(node.textContent || node.value || "").trim().slice(0, 40)}”`;
  const shows = (node) => node.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true, contentVisibilityAuto: true });
  const isForEarsOnly = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const { width: wide, height: tall } = one.getBoundingClientRect();
      if (getComputedStyle(one).position === "absolute" && wide <= 1 && tall <= 1) return true;
    }
    return false;
  };

  if (document.documentElement.scrollWidth > width) found.add(`the page is ${document.documentElement.scrollWidth} wide`);

  // What may scroll sideways says what it is and can be scrolled without a mouse.
  const scrolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  for (const node of document.querySelectorAll("body *")) {
    if (!shows(node) || node.scrollWidth <= node.clientWidth + 1 || !node.clientWidth) continue;
    const style = getComputedStyle(node);
    if (scrolls(node)) {
      if (width < 640 && /£\d/.test(node.textContent)) found.add(`${named(node)} hides amounts at its side`);
      const label = node.getAttribute("aria-label");
      if (!label || node.tabIndex !== 0 || node.getAttribute("role") !== "region") found.add(`${named(node)} scrolls and is no labelled stop`);
      if (!node.querySelector(":scope > table, :scope > pre")) found.add(`${named(node)} scrolls and is neither table nor code`);
    } else if (["hidden", "clip"].includes(style.overflowX) && !isForEarsOnly(node)) found.add(`${named(node)} is cut off at its side`);
  }

  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest("script, style, option, select") || !shows(parent) || isForEarsOnly(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()];
    if (/^[−+]?£[\d,.]+$/.test(text.data.trim()) && new Set(boxes.map((box) => box.top)).size > 1) found.add(`${named(parent)} is broken in two`);
    for (const box of boxes) {
      if (box.width < 1) continue;
      const frame = parent.closest(".scroll-box") ?? parent.closest(".chart__area");
      const edges = frame?.matches(".chart__area") ? frame.getBoundingClientRect() : { left: 0, right: width };
      if (frame?.matches(".scroll-box")) continue;
      if (box.left < edges.left - 1 || box.right > edges.right + 1) found.add(`${named(parent)} stands outside, ${Math.round(box.left)} to ${Math.round(box.right)}`);
    }
    lines.push(parent);
  }

  // At its middle each control, and each piece of words, is on top: nothing lies over it.
  const controls = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
  for (const node of new Set([...controls, ...lines])) {
    if (!shows(node) || isForEarsOnly(node) || node.closest("svg, pre") || node.matches(".govuk-skip-link")) continue;
    const [box] = node.getClientRects();
    if (!box?.width) continue;
    node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    scrollBy(0, node.getClientRects()[0].top - innerHeight / 2);
    const [now] = node.getClientRects();
    const top = document.elementFromPoint(now.left + now.width / 2, now.top + now.height / 2);
    const isOwn = top && (node.contains(top) || top.contains(node) || top.closest("label")?.control === node);
    if (!isOwn) found.add(`${named(node)} is covered by ${top ? named(top) : "nothing on the screen"}`);
  }
  scrollTo(0, 0);
  return [...found];
}
