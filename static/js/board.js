// Draws the charts of the board page from the specifications in the page. The tables are there without it.
const CONFIG = { displayModeBar: false, responsive: true, showTips: false };
const NARROW = 480;

const specs = JSON.parse(document.getElementById("board-charts").textContent);

// On a narrow screen: smaller letters and fewer marks, so that names and bars keep their room, and so do the
// amounts at the ends of bars.
function fitted({ data, layout }, width) {
  if (width >= NARROW) return layout;
  const narrow = { ...layout, font: { ...layout.font, size: 12 } };
  for (const name of ["xaxis", "yaxis"]) {
    const axis = layout[name];
    if (name === "xaxis" && data.some((trace) => trace.text && trace.orientation === "h")) {
      narrow[name] = { ...narrow[name], range: [axis.range[0], axis.range[1] * 1.2] };
    }
    if (name === "xaxis" && axis.tickvals?.length > 3) {
      const every = (value, place) => place % 2 === 0;
      narrow[name] = { ...narrow[name], tickvals: axis.tickvals.filter(every), ticktext: axis.ticktext.filter(every) };
    }
  }
  return narrow;
}

// With a view box the print styles can fit the drawing to the paper, without drawing it again.
function scalable(area) {
  for (const svg of area.querySelectorAll("svg.main-svg")) {
    svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    svg.setAttribute("preserveAspectRatio", "xMinYMin meet");
  }
}

async function draw(area) {
  const spec = specs[area.dataset.chart];
  await Plotly.newPlot(area, spec.data, fitted(spec, area.clientWidth), CONFIG);
  scalable(area);
  area.on("plotly_afterplot", () => scalable(area));
  // Plotly follows the width by itself; what fits it changes where a page is enlarged or a phone is turned.
  let isNarrow = area.clientWidth < NARROW;
  new ResizeObserver(() => {
    if ((area.clientWidth < NARROW) === isNarrow) return;
    isNarrow = !isNarrow;
    Plotly.react(area, spec.data, fitted(spec, area.clientWidth), CONFIG);
  }).observe(area);
}

for (const area of document.querySelectorAll("[data-chart]")) draw(area);

const PICTURE = { width: 960, letters: 96 };

// Plotly reads its titles as a kind of HTML: what people typed stays text, in lines that fit the picture.
function inLines(text) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.length - 1;
    if ((lines[last] + " " + word).length > PICTURE.letters) lines.push(word);
    else lines[last] = `${lines[last]} ${word}`.trim();
  }
  const safe = { "&": "&amp;", "<": "&lt;", ">": "&gt;", $: "&#36;" };
  return lines.map((line) => line.replace(/[&<>$]/g, (sign) => safe[sign]));
}

// The drawing with its title as an SVG file, made in this browser: nothing is sent anywhere.
async function picture(button) {
  const area = document.querySelector(`[data-chart="${button.dataset.picture}"]`);
  const { data, layout } = specs[button.dataset.picture];
  const head = inLines(button.dataset.title);
  const below = inLines(button.dataset.subtitle);
  const top = 24 + head.length * 24 + below.length * 18;
  const height = area.clientHeight + top + 40;
  // Bold by its font, never by a tag: a tag becomes an inline style, which the content policy refuses.
  const title = {
    text: head.join("<br>"), x: 0.01, xanchor: "left", y: 1 - 14 / height, yref: "container", yanchor: "top",
    font: { size: 18, weight: 700 }, subtitle: { text: below.join("<br>"), font: { size: 13 } },
  };
  const titled = { ...layout, title, margin: { ...layout.margin, t: top + 40, b: 24, l: 24 } };
  const found = await Plotly.toImage(
    { data, layout: titled, config: CONFIG },
    { format: "svg", width: PICTURE.width, height, imageDataOnly: true },
  );
  const address = URL.createObjectURL(new Blob([found], { type: "image/svg+xml" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: button.dataset.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

for (const button of document.querySelectorAll("[data-picture]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    await picture(button).finally(() => { button.disabled = false; });
  });
}
