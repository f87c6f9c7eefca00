// "Same as forecast": fills the actual of one line, or all empty ones. Without this file the button sends the form.
//
//   <button type="submit" data-fill="id of the box" data-amount="1250.00">     one line
//   <button type="submit" data-fill="all">                                     every box of those that is empty

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fill]");
  if (!button) return;
  event.preventDefault();
  const all = button.dataset.fill === "all";
  const buttons = all ? [...button.form.querySelectorAll("button[data-amount]")] : [button];
  for (const one of buttons) {
    const cell = document.getElementById(one.dataset.fill);
    if (all && cell.value.trim() !== "") continue;
    cell.dataset.before = cell.value;
    cell.value = one.dataset.amount;
    for (const kind of ["input", "change"]) cell.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  if (!all) document.getElementById(button.dataset.fill).focus();
});
