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

async function draw(area) {
  const spec = specs[area.dataset.chart];
  await Plotly.newPlot(area, spec.data, fitted(spec.layout, area.clientWidth), CONFIG);
}

const areas = [...document.querySelectorAll("[data-chart]")];
for (const area of areas) draw(area);

// Paper has a width of its own.
function resizeAll() {
  for (const area of areas) Plotly.Plots.resize(area);
}
matchMedia("print").addEventListener("change", resizeAll);
