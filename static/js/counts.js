// Totals of counts and hours under a grid, as they are typed. The server's totals are the truth.

const COUNT = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/;

// Hundredths as whole numbers: hours may have two decimal places.
function hundredths(text) {
  const plain = text.trim();
  if (plain === "") return 0;
  const found = COUNT.exec(plain);
  return found ? Number(found[1].replaceAll(",", "")) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

function written(sum) {
  const whole = Math.floor(sum / 100).toLocaleString("en-GB");
  return sum % 100 ? `${whole}.${String(sum % 100).padStart(2, "0")}` : whole;
}

for (const table of document.querySelectorAll("table[data-grid]")) {
  const totals = [...table.querySelectorAll("[data-count-col]")];
  if (!totals.length) continue;
  const count = () => {
    for (const total of totals) {
      const cells = [...table.querySelectorAll(`input[data-col="${total.dataset.countCol}"]`)];
      const values = cells.map((cell) => hundredths(cell.value));
      total.textContent = values.includes(null) ? "check numbers" : written(values.reduce((a, b) => a + b, 0));
    }
  };
  table.addEventListener("input", count);
  count();
}
