import { folded } from "../../components/fold.js";
import type { Sort } from "../../components/table.js";
import { format } from "../../i18n/index.js";
import type { Building, FlatInfo_Serialize as FlatInfo } from "../../platform/bindings.js";

/** What a flat is found and sorted by beside its own row. */
export type Around = { building: (id: string | null) => string };

/** The names of buildings by id; nothing for one that is not known. */
export function aroundOf(buildings: readonly Building[]): Around {
  const names = new Map(buildings.map(({ id, name }) => [id, name]));
  return { building: (id) => (id === null ? "" : (names.get(id) ?? "")) };
}

/**
 * The flats in which every word typed begins a word of the flat, its building or its people. Where a number is typed and
 * flats begin with it all, it means these: "a12" and "A 12" find A 12.
 */
export function found(flats: readonly FlatInfo[], typed: string, { building }: Around): readonly FlatInfo[] {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  const glued = words.join("");
  if (glued === "") return flats;
  const called = /\d/.test(glued) ? flats.filter(({ flat }) => folded(flat.name).replaceAll(" ", "").startsWith(glued)) : [];
  if (called.length > 0) return called;
  return flats.filter(({ flat, building: place, residents }) => {
    const known = folded([flat.name, building(place), flat.note, ...residents.map((resident) => resident.name)].join(" ")).split(/[\s,-]+/);
    return words.every((word) => known.some((one) => one.startsWith(word)));
  });
}

/** The flats by a column; what has no value there comes last, and equals stay in the house's own order. */
export function sorted(flats: readonly FlatInfo[], { column, descending }: Sort, { building }: Around): readonly FlatInfo[] {
  const number = (of: (info: FlatInfo) => number | null) => (a: FlatInfo, b: FlatInfo) => (of(a) ?? 0) - (of(b) ?? 0);
  const byColumn: Record<string, { by: (a: FlatInfo, b: FlatInfo) => number; empty: (info: FlatInfo) => boolean }> = {
    name: { by: (a, b) => format.compare(a.flat.name, b.flat.name), empty: () => false },
    building: { by: (a, b) => format.compare(building(a.building), building(b.building)), empty: (info) => info.building === null },
    people: { by: (a, b) => format.compare(a.residents[0]?.name ?? "", b.residents[0]?.name ?? ""), empty: (info) => !info.residents[0]?.name },
    floor: { by: number(({ flat }) => flat.floor), empty: ({ flat }) => flat.floor === null },
    area: { by: number(({ flat }) => flat.area_tenths), empty: ({ flat }) => flat.area_tenths === null },
    shares: { by: number(({ flat }) => flat.shares_from), empty: ({ flat }) => flat.shares_from === null },
  };
  const chosen = byColumn[column];
  if (!chosen) return flats;
  const turn = descending ? -1 : 1;
  return [...flats].sort((a, b) => Number(chosen.empty(a)) - Number(chosen.empty(b)) || turn * chosen.by(a, b));
}
