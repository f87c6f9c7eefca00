// "Tick all that are shown" without loading the page again. Without a script it is a link that does the same.
const link = document.querySelector("[data-tick-all]");

link?.addEventListener("click", (event) => {
  event.preventDefault();
  const boxes = link.closest("form").querySelectorAll('input[name="return"]');
  for (const box of boxes) box.checked = link.dataset.tickAll === "yes";
  link.dataset.tickAll = link.dataset.tickAll === "yes" ? "no" : "yes";
  [link.textContent, link.dataset.other] = [link.dataset.other, link.textContent];
});
