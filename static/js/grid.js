// Amount grids: a quicker way to fill a form that works without this file.
//
//   <table data-grid>                              the grid, inside its form; any number on a page
//   <input data-row="r" data-col="c">              a cell; r and c are any words, equal in all cells of a row or a column
//   <td data-total-row="r">  <td data-total-col="c">  <td data-total-all>      totals of a row, a column, everything
//   <td data-remainder-col="c" data-limit="1250.00">  what is left of the limit in a column; also data-remainder-row and data-remainder-all
//   data-skip-col="c" on a total or remainder      a column that stands beside the sum and does not count towards it
//   data-base="1000.00" on a total or remainder    an amount that counts towards it but has no cell
//   <p data-grid-summary role="status">            optional: where changes are told in words
//
// Totals are shown for the eye only. What the server answers is the truth.

import { History } from "./grid_history.js";
import { pence, pounds, signed } from "./grid_money.js";

const TOLD_AFTER = 900;

class Grid {
  constructor(table) {
    this.table = table;
    this.form = table.closest("form");
    this.cells = [...table.querySelectorAll("input[data-row][data-col]")];
    this.rows = [...new Set(this.cells.map((cell) => cell.dataset.row))];
    this.cols = [...new Set(this.cells.map((cell) => cell.dataset.col))];
    this.at = new Map(this.cells.map((cell) => [key(cell.dataset.row, cell.dataset.col), cell]));
    this.history = new History((cell, text) => this.put(cell, text));
    this.summary = table.closest("form, main, body").querySelector("[data-grid-summary]");
    this.listen();
    this.cells.forEach((cell) => this.mark(cell));
    this.count();
  }

  listen() {
    this.table.addEventListener("keydown", (event) => this.onKey(event));
    this.table.addEventListener("paste", (event) => this.onPaste(event));
    this.table.addEventListener("focusin", (event) => {
      if (this.cells.includes(event.target)) event.target.dataset.before = event.target.value;
    });
    this.table.addEventListener("input", (event) => {
      if (this.cells.includes(event.target)) this.changed(event.target);
    });
    this.table.addEventListener("change", (event) => {
      const cell = event.target;
      if (!this.cells.includes(cell)) return;
      this.history.keep([[cell, cell.dataset.before ?? cell.defaultValue, cell.value]]);
      cell.dataset.before = cell.value;
    });
    // What an autosave has stored is a change no more (static/js/autosave.js).
    this.form?.addEventListener("autosaved", () => this.cells.forEach((cell) => this.mark(cell)));
    this.form?.addEventListener("submit", () => (this.sending = true));
    this.form?.addEventListener("reset", () => setTimeout(() => this.cells.forEach((cell) => this.changed(cell))));
    addEventListener("pageshow", () => (this.sending = false));
    addEventListener("beforeunload", (event) => {
      if (!this.sending && this.cells.some((cell) => differs(cell))) event.preventDefault();
    });
  }

  onKey(event) {
    const cell = event.target;
    if (!this.cells.includes(cell)) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z") {
      // While a cell holds typing that is not kept yet, the browser's own undo is the right one.
      if (cell.value !== cell.dataset.before) return;
      if (event.shiftKey ? this.history.redo() : this.history.undo()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = stepOf(event, cell);
    if (!step) return;
    // Enter in the last row stays: it must never send the form by surprise.
    if (event.key === "Enter") event.preventDefault();
    const next = this.neighbour(cell, step);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  }

  neighbour(cell, [down, right]) {
    let row = this.rows.indexOf(cell.dataset.row) + down;
    let col = this.cols.indexOf(cell.dataset.col) + right;
    while (row in this.rows && col in this.cols) {
      const found = this.at.get(key(this.rows[row], this.cols[col]));
      if (found && !found.disabled) return found;
      row += down;
      col += right;
    }
    return null;
  }

  onPaste(event) {
    const start = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!this.cells.includes(start) || !/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    const block = text.replace(/[\r\n]+$/, "").split(/\r\n|\n|\r/).map((line) => line.split("\t"));
    const steps = [];
    let left = 0;
    block.forEach((line, down) => line.forEach((piece, right) => {
      const row = this.rows[this.rows.indexOf(start.dataset.row) + down];
      const col = this.cols[this.cols.indexOf(start.dataset.col) + right];
      const cell = this.at.get(key(row, col));
      if (!cell || cell.readOnly || cell.disabled) left += 1;
      else steps.push([cell, cell.value, piece.trim()]);
    }));
    steps.forEach(([cell, , after]) => this.put(cell, after));
    this.history.keep(steps);
    const outside = left ? ` ${left} did not fit and ${left === 1 ? "was" : "were"} left out.` : "";
    this.tell(`${steps.length} ${steps.length === 1 ? "amount" : "amounts"} pasted.${outside} Press Control and Z to undo.`);
  }

  put(cell, text) {
    cell.value = text;
    cell.dataset.before = text;
    this.changed(cell);
  }

  changed(cell) {
    this.mark(cell);
    this.count();
    this.tell();
    // Pastes and undo change cells without an event of the browser's own.
    cell.dispatchEvent(new CustomEvent("gridchange", { bubbles: true }));
  }

  mark(cell) {
    const box = cell.closest(".money-cell") ?? cell;
    const wrong = pence(cell.value) === null;
    box.classList.toggle("money-cell--changed", differs(cell) || (box.dataset.changed === "true"));
    box.classList.toggle("money-cell--unclear", wrong);
  }

  count() {
    for (const place of this.table.querySelectorAll(
      "[data-total-row],[data-total-col],[data-total-all],[data-remainder-row],[data-remainder-col],[data-remainder-all]",
    )) this.show(place);
  }

  show(place) {
    const { totalRow, totalCol, remainderRow, remainderCol, limit, base, skipCol } = place.dataset;
    const row = totalRow ?? remainderRow;
    const col = totalCol ?? remainderCol;
    let sum = signed(base ?? "");
    for (const cell of this.cells) {
      if ((row !== undefined && cell.dataset.row !== row) || (col !== undefined && cell.dataset.col !== col)) continue;
      if (skipCol !== undefined && cell.dataset.col === skipCol) continue;
      const amount = pence(cell.value);
      sum = sum === null || amount === null ? null : sum + amount;
    }
    const result = limit === undefined || sum === null ? sum : pence(limit) - sum;
    place.textContent = result === null ? "check amounts" : pounds(result);
    place.classList.toggle("grid-total--unclear", result === null);
    place.classList.toggle("grid-total--over", limit !== undefined && result !== null && result < 0n);
  }

  // Spoken only after a pause, or every key would interrupt the reader.
  tell(sentence) {
    if (!this.summary) return;
    this.sentence = sentence ?? this.sentence;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.summary.textContent = [this.sentence, this.state()].filter(Boolean).join(" ");
      this.sentence = undefined;
    }, TOLD_AFTER);
  }

  state() {
    const changed = this.cells.filter(differs).length;
    const unclear = this.cells.filter((cell) => pence(cell.value) === null).length;
    const over = this.table.querySelectorAll(".grid-total--over").length;
    return [
      changed ? `${changed} ${changed === 1 ? "amount" : "amounts"} changed and not saved.` : "Nothing to save.",
      unclear ? `${unclear} ${unclear === 1 ? "amount is" : "amounts are"} not clear.` : "",
      over ? `${over} ${over === 1 ? "limit is" : "limits are"} exceeded.` : "",
    ].filter(Boolean).join(" ");
  }
}

const key = (row, col) => JSON.stringify([row, col]);
const differs = (cell) => cell.value !== cell.defaultValue;

// Left and right move only from the edge of the text, so that a figure can still be edited.
function stepOf(event, cell) {
  const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  const atStart = whole || (cell.selectionStart === 0 && cell.selectionEnd === 0);
  const atEnd = whole || (cell.selectionStart === cell.value.length && cell.selectionEnd === cell.value.length);
  switch (event.key) {
    case "ArrowDown": return [1, 0];
    case "ArrowUp": return [-1, 0];
    case "Enter": return event.shiftKey ? [-1, 0] : [1, 0];
    case "ArrowRight": return !event.shiftKey && atEnd ? [0, 1] : null;
    case "ArrowLeft": return !event.shiftKey && atStart ? [0, -1] : null;
    default: return null;
  }
}

document.querySelectorAll("table[data-grid]").forEach((table) => new Grid(table));
