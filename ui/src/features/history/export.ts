import { call } from "../../api/index.js";
import { commands, type HistoryLine } from "../../platform/bindings.js";
import { lineWords } from "../../words/actions.js";

/** So many lines are asked for at a time: the most that the host gives. */
const PAGE = 200;

/** The whole history in words, the newest first, with what was only looked at or exported. */
export async function everyLine(organisation: string): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<typeof fetchPage>> = await fetchPage(organisation, before);
    lines.push(...page.changes.map((change) => ({ at: change.at, author: change.author, what: lineWords(change), rows: change.rows })));
    before = page.next ?? null;
  } while (before !== null);
  return lines;
}

function fetchPage(organisation: string, before: number | null) {
  return call(commands.history(organisation, null, true, before, PAGE));
}
