// Amounts as whole pence (BigInt): no sum of a grid ever passes through a binary fraction.

const AMOUNT = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/;

// The pence of a typed amount; 0 for an empty cell; null where it cannot be read with certainty.
export function pence(text) {
  // Excel writes a negative as -£1, £-1 or (1), sometimes with a real minus sign.
  let plain = text.replace(/[\s\u00a0]/g, "").replace(/[\u2212\u2013]/g, "-").replace("£", "");
  if (plain === "") return text.trim() === "" ? 0n : null;
  if (/^\(.+\)$/.test(plain)) plain = "-" + plain.slice(1, -1);
  const match = AMOUNT.exec(plain);
  if (!match) return null;
  const [, sign, whole, part = ""] = match;
  const amount = BigInt(whole.replaceAll(",", "")) * 100n + BigInt(part.padEnd(2, "0"));
  return sign ? -amount : amount;
}

// £1,234.56, with a real minus sign.
export function pounds(amount) {
  const size = amount < 0n ? -amount : amount;
  const whole = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "\u2212" : ""}£${whole}.${(size % 100n).toString().padStart(2, "0")}`;
}
