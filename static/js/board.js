// Draws the charts of the board page from the specifications in the page. The tables are there without it.
const CONFIG = { displayModeBar: false, responsive: true, showTips: false };
const NARROW = 480;

const specs = JSON.parse(document.getElementById("board-charts").textContent);

// On a narrow screen: smaller letters and fewer marks, so that names and bars keep their room.
function fitted(layout, width) {
  if (width >= NARROW) return layout;
  const narrow = { ...layout, font: { ...layout.font, size: 12 } };
  for (const name of ["xaxis", "yaxis"]) {
    const axis = layout[name];
    if (name === "xaxis" && axis.tickvals?.length > 3) {
      const every = (value, place) => place % 2 === 0;
      narrow[name] = { ...axis, tickvals: axis.tickvals.filter(every), ticktext: axis.ticktext.filter(every) };
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
  await Plotly.newPlot(area, spec.data, fitted(spec.layout, area.clientWidth), CONFIG);
  scalable(area);
  area.on("plotly_afterplot", () => scalable(area));
}

for (const area of document.querySelectorAll("[data-chart]")) draw(area);
