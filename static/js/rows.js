// Rows that come and go on the page itself. Without this script the same buttons send the page and get it back.

const form = document.querySelector("form[data-rows]");
const list = form?.querySelector("[data-row-list]");
const template = form?.querySelector("template[data-row-template]");

// A row that goes is a change like any other, for whoever saves the form by itself.
function tell() {
  form.dispatchEvent(new Event("change"));
}

// What a person counts: "Risk 1", "Risk 2", whatever the fields are called.
function recount() {
  list.querySelectorAll("[data-place]").forEach((place, index) => {
    place.textContent = String(index + 1);
  });
}

// A number that no row has: the server reads the rows in the order of their numbers.
function nextNumber() {
  const taken = [...list.querySelectorAll("button[name=remove]")].map((button) => Number(button.value));
  return Math.max(-1, ...taken) + 1;
}

function add() {
  const row = template.content.firstElementChild.cloneNode(true);
  const number = nextNumber();
  for (const element of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby", "value"]) {
      const value = element.getAttribute(name);
      if (value?.includes("NEW")) element.setAttribute(name, value.replaceAll("NEW", String(number)));
    }
  }
  list.append(row);
  recount();
  row.querySelector("input, select, textarea")?.focus();
}

function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  recount();
  tell();
  (next?.querySelector("input, select, textarea") ?? form.querySelector("button[name=add]"))?.focus();
}

// Likelihood times impact, as it is chosen.
function score(box) {
  const [likelihood, impact] = [...box.querySelectorAll("select")].map((select) => Number(select.value));
  box.querySelector(".portal-row__score").textContent =
    likelihood && impact ? `Score ${box.dataset.score}: ${likelihood * impact} of 25` : "";
}

if (form && list && template) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.name === "add") {
      event.preventDefault();
      add();
    } else if (button?.name === "remove") {
      event.preventDefault();
      remove(button.closest("[data-row-group]"));
    }
  });
  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-score]:not(select)");
    if (box) score(box);
  });
  for (const box of form.querySelectorAll("[data-score]:not(select)")) score(box);
}
