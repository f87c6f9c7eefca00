// Shows how far the reading of a workbook is, and opens the answer when it is there. Without this script the page reloads itself.
const EVERY = 1000;
const waiting = document.querySelector("[data-upload]");

function show({ step, done, total }) {
  const line = waiting.querySelector("[data-step]");
  // The line is read out, so it changes only with the step.
  if (line.textContent !== step) line.textContent = step;
  waiting.querySelector("[data-count]").textContent =
    total > 1 ? `${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}` : "";
  const bar = waiting.querySelector("[data-bar]");
  const value = waiting.querySelector("[data-value]");
  if (total) {
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", done);
    value.max = total;
    value.value = done;
  } else {
    bar.removeAttribute("aria-valuenow");
    value.removeAttribute("value");
  }
}

async function ask() {
  try {
    const answer = await fetch(waiting.dataset.upload, { headers: { Accept: "application/json" } });
    // Signed out, or gone: the page itself says so.
    if (!answer.ok || answer.redirected) return location.reload();
    const facts = await answer.json();
    if (facts.is_finished) return location.reload();
    show(facts);
  } catch {
    // No connection for the moment. The next question may be answered.
  }
  setTimeout(ask, EVERY);
}

if (waiting) setTimeout(ask, EVERY);
