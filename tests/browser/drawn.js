// What Plotly has drawn, beside the specification in the page and the table below the drawing.
() => {
  const specs = JSON.parse(document.getElementById("board-charts")?.textContent ?? "{}");
  const cellsOf = (row) => [...row.cells].map((cell) => cell.textContent.trim());
  const same = (one, other) => {
    if (typeof one !== "object" || one === null) return Object.is(one, other);
    return Object.keys(one).every((key) => same(one[key], other?.[key]));
  };
  return [...document.querySelectorAll("[data-chart]")].map((area) => {
    const spec = specs[area.dataset.chart];
    const table = area.closest("figure").querySelector("table");
    const wrong = [];
    if (area.data.length !== spec.data.length || !same(spec.data, area.data)) wrong.push("Plotly holds other data than the page");
    const { xaxis, yaxis } = area._fullLayout;
    let bars = 0;
    for (const trace of area.querySelectorAll("g.trace.bars")) {
      for (const point of trace.querySelectorAll("g.point")) {
        const { b: base, s: size } = point.__data__;
        if (typeof size !== "number") continue;
        const isAcross = trace.__data__[0].trace.orientation === "h";
        const axis = isAcross ? xaxis : yaxis;
        const box = point.querySelector("path").getBBox();
        const long = isAcross ? box.width : box.height;
        const right = Math.abs(axis.c2p(base + size) - axis.c2p(base));
        if (Math.abs(long - right) > 1.5) wrong.push(`a bar of ${size} is ${long} pixels long, not ${right}`);
        bars += 1;
      }
    }
    return {
      key: area.dataset.chart,
      wrong,
      bars,
      points: area.querySelectorAll("g.trace.scatter .points path").length,
      traces: area.data.map(({ type, name, orientation, offsetgroup, x, y, base, customdata }) => ({
        type, name, base: base ?? [], offsetgroup: offsetgroup ?? "", said: customdata,
        labels: orientation === "h" ? y : x, values: orientation === "h" ? x : y,
      })),
      heads: cellsOf(table.tHead.rows[0]),
      rows: [...table.tBodies[0].rows].map(cellsOf),
      foot: table.tFoot ? cellsOf(table.tFoot.rows[0]) : [],
    };
  });
}
