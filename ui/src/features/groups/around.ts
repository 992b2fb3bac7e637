import { call } from "../../api/index.js";
import { format } from "../../i18n/index.js";
import { commands, type CustomField, type StakeholderKind } from "../../platform/bindings.js";

/** What rules speak of. */
export type Around = { kinds: StakeholderKind[]; stairwells: string[]; flats: { id: string; name: string }[]; fields: CustomField[] };

/** Reads what the rules of an organisation's groups can speak of. */
export async function around(organisation: string, housing: boolean): Promise<Around> {
  const [vocabulary, house, fields] = await Promise.all([
    call(commands.vocabulary(organisation)), housing ? call(commands.house(organisation)) : null, call(commands.customFields(organisation)),
  ]);
  return {
    kinds: vocabulary.map(([kind]) => kind),
    stairwells: [...new Set(house?.stairwells.map((one) => one.name).filter(Boolean))].sort(format.compare),
    flats: house?.flats.map(({ flat, label }) => ({ id: flat.id, name: label })) ?? [],
    fields,
  };
}
