// Starts the components of GOV.UK Frontend and MOJ Frontend, and keeps a form from being sent twice.
import { initAll as startGovuk } from "../govuk/govuk-frontend.min.js";

startGovuk();

// MOJ components are rare here, so their script is fetched only by pages that hold one.
if (document.querySelector('[data-module^="moj-"]')) {
  import("../moj/moj-frontend.min.js").then((moj) => moj.initAll());
}

// Below 640 pixels the cells of some tables are stacked by style. Some browsers then take them for no table any
// more, unless they are told; this changes nothing where they are not stacked.
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
for (const table of document.querySelectorAll("table.portal-table--stacked")) {
  for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, th, td")]) {
    part.setAttribute("role", ROLES[part.tagName] ?? (part.scope === "row" ? "rowheader" : "columnheader"));
  }
}

const SENT_FOR = 5000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // A page that came back from the browser's history, or an answer that never came, must not stay blocked.
  setTimeout(() => delete form.dataset.sent, SENT_FOR);
});

addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
