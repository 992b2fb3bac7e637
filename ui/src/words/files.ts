import { m } from "../i18n/index.js";
import type { Found, Limit } from "../platform/bindings.js";

/** What a file is that is no spreadsheet. */
export const foundWords: Record<Found, () => string> = {
  pdf: () => m.found_pdf(), document: () => m.found_document(), presentation: () => m.found_presentation(), image: () => m.found_image(),
  archive: () => m.found_archive(), database: () => m.found_database(), mail: () => m.found_mail(), markup: () => m.found_markup(),
  folder: () => m.found_folder(), unknown: () => m.found_unknown(),
};

/** What of a spreadsheet there is too much of. */
export const limitWords: Record<Limit, () => string> = {
  file_size: () => m.limit_file_size(), unpacked: () => m.limit_unpacked(), cells: () => m.limit_cells(), text: () => m.limit_text(),
  sheets: () => m.limit_sheets(), memory: () => m.limit_memory(),
};
