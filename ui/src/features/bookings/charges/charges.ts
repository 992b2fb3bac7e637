import { m } from "../../../i18n/index.js";
import type { ChargeAccount_Serialize as ChargeAccount } from "../../../platform/bindings.js";

/** The first day of a day's month, by which the month is told. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;

/** A month so many months later, or earlier. */
export function monthBeside(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const place = year * 12 + number - 1 + months;
  return `${String(Math.floor(place / 12)).padStart(4, "0")}-${String((place % 12) + 1).padStart(2, "0")}-01`;
}

/** Who pays: the flat, the person, or why there is no name. */
export const payerName = ({ payer, name }: Pick<ChargeAccount, "payer" | "name">): string => (payer.by === "gone" ? m.charges_gone() : name || m.name_withheld());

/** Whether something is left to be paid. */
export const isUnpaid = ({ cents, paid_on }: Pick<ChargeAccount, "cents" | "paid_on">): boolean => cents > 0 && paid_on === null;

/** The accounts whose name or reference number has what is looked for. */
export function sieved(accounts: readonly ChargeAccount[], wanted: string, unpaidOnly: boolean): ChargeAccount[] {
  const text = wanted.replaceAll(/\s/g, "").toLocaleLowerCase();
  return accounts.filter((account) => (!unpaidOnly || isUnpaid(account)) && `${payerName(account)}|${account.reference ?? ""}`.replaceAll(/\s/g, "").toLocaleLowerCase().includes(text));
}
