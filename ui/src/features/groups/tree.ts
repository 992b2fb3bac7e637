import { format } from "../../i18n/index.js";
import type { GroupInfo_Serialize as GroupInfo } from "../../platform/bindings.js";

/** A group with its depth below those that stand by themselves. */
export type Branch = { group: GroupInfo; depth: number };

/** Groups in reading order: each followed by those that are part of it, by name. */
export function branches(groups: readonly GroupInfo[]): Branch[] {
  const known = new Set(groups.map((group) => group.id));
  const sorted = [...groups].sort((a, b) => format.compare(a.name, b.name));
  const below = (parent: string | null, depth: number): Branch[] =>
    sorted.filter((group) => (group.parent && known.has(group.parent) ? group.parent : null) === parent).flatMap((group) => [{ group, depth }, ...below(group.id, depth + 1)]);
  return below(null, 0);
}

/** The groups that one may be put under: not itself, nor what is part of it. */
export function parentsFor(groups: readonly GroupInfo[], id: string | null): Branch[] {
  const tree = branches(groups);
  const at = tree.findIndex((branch) => branch.group.id === id);
  const own = tree[at];
  if (!own) return tree;
  let end = at + 1;
  while (end < tree.length && (tree[end]?.depth ?? 0) > own.depth) end += 1;
  return [...tree.slice(0, at), ...tree.slice(end)];
}
