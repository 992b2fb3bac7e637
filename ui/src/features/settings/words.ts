import { m } from "../../i18n/index.js";
import type { CustomFieldKind } from "../../platform/bindings.js";

/** What a field of the organisation's own holds, in words. */
export const fieldKind: Record<CustomFieldKind, () => string> = {
  text: () => m.fields_kind_text(),
  number: () => m.fields_kind_number(),
  date: () => m.fields_kind_date(),
  choice: () => m.fields_kind_choice(),
  yes_no: () => m.fields_kind_yes_no(),
};
