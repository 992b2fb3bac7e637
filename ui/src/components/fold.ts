/** Text as it is compared while typing: small letters, accents and å ä ö taken to their base letters. */
export function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ø", "o").replaceAll("æ", "ae").toLowerCase();
}
