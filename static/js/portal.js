// Starts the components of GOV.UK Frontend and MOJ Frontend, and keeps a form from being sent twice.
import { initAll as startGovuk } from "../govuk/govuk-frontend.min.js";

startGovuk();

// MOJ components are rare here, so their script is fetched only by pages that hold one.
if (document.querySelector('[data-module^="moj-"]')) {
  import("../moj/moj-frontend.min.js").then((moj) => moj.initAll());
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
