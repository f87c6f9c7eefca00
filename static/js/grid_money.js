// Amounts as whole pence (BigInt): no sum of a grid ever passes through a binary fraction.

// What the server takes, and nothing else: what it would refuse must not look right while it is typed.
const AMOUNT = /^£? ?(\d{1,13}|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/;

// The pence of a typed amount; 0 for an empty cell; null where it cannot be read with certainty.
export function pence(text) {
  const plain = text.trim();
  if (plain === "") return 0n;
  const match = AMOUNT.exec(plain);
  if (!match) return null;
  const [, whole, part = ""] = match;
  return BigInt(whole.replaceAll(",", "")) * 100n + BigInt(part.padEnd(2, "0"));
}

// Likewise of an amount that may be below zero, as the server writes it: -250.00.
export function signed(text) {
  const amount = pence(text.replace(/^-/, ""));
  return amount !== null && text.startsWith("-") ? -amount : amount;
}

// £1,234.56, with a real minus sign.
export function pounds(amount) {
  const size = amount < 0n ? -amount : amount;
  const whole = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "\u2212" : ""}£${whole}.${(size % 100n).toString().padStart(2, "0")}`;
}
