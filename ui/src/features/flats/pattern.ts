/** The most flats one pattern makes: the largest housing companies have some hundreds, and a typing error must not make thousands. */
export const MOST = 500;

/** What a pattern makes, or what is wrong with it. */
export type Made = { names: string[] } | { problem: "unreadable" | "backwards" | "many" };

/**
 * Flat names from a pattern: `A 1–A 24`, `A1-24`, `1–8`, `B 3`, and several of them parted by commas or lines.
 * Spaces and the kind of dash do not matter. Names are in the order written, each once.
 */
export function flatsOf(pattern: string): Made {
  const names = new Set<string>();
  for (const part of pattern.split(/[,;\n]/).map((text) => text.trim()).filter(Boolean)) {
    const found = /^(\p{L}{0,2})\s*(\d{1,4})\s*(\p{L}?)(?:\s*[-–—]\s*(\p{L}{0,2})\s*(\d{1,4}))?$/u.exec(part);
    if (!found) return { problem: "unreadable" };
    const [, letters = "", first = "", tail = "", otherLetters = "", last] = found;
    const stairwell = letters.toUpperCase();
    if (last === undefined) {
      names.add(flat(stairwell, Number(first), tail));
      continue;
    }
    if (tail !== "" || (otherLetters !== "" && otherLetters.toUpperCase() !== stairwell)) return { problem: "unreadable" };
    if (Number(last) < Number(first)) return { problem: "backwards" };
    if (names.size + Number(last) - Number(first) >= MOST) return { problem: "many" };
    for (let number = Number(first); number <= Number(last); number += 1) names.add(flat(stairwell, number, ""));
  }
  return names.size > MOST ? { problem: "many" } : { names: [...names] };
}

function flat(stairwell: string, number: number, tail: string): string {
  return [stairwell, String(number), tail.toLowerCase()].filter(Boolean).join(" ");
}

/** Area in tenths of a square metre from what was typed ("54,5"); null for nothing, undefined for no area. */
export function areaOf(typed: string): number | null | undefined {
  const clean = typed.replaceAll(/\s/g, "").replace(/m[²2]?$/u, "").replace(",", ".");
  if (clean === "") return null;
  return /^\d{1,5}(\.\d)?$/.test(clean) ? Math.round(Number(clean) * 10) : undefined;
}

/** A whole number from what was typed; null for nothing, undefined for no number. */
export function wholeOf(typed: string): number | null | undefined {
  const clean = typed.replaceAll(/\s/g, "");
  if (clean === "") return null;
  return /^-?\d{1,9}$/.test(clean) ? Number(clean) : undefined;
}
