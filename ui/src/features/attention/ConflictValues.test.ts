import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import type { ConflictInfo_Serialize as ConflictInfo } from "../../platform/bindings.js";
import ConflictValues from "./ConflictValues.svelte";

const side = (author: string) => ({ change: author, author, at: "2026-11-30T10:00:00Z", action: { code: "contact_edit" as const, params: { name: "Pekka" } } });
const conflict = (changed: Partial<ConflictInfo> = {}): ConflictInfo => ({
  how: "edited", table: "contact", subject: "k", name: "Pekka Lahtinen", later: side("Aino"), earlier: side("Eero"),
  values: [{ column: "phone", standing: "040 222 2222", other: "040 111 1111", withheld: false }],
  ...changed,
});
const show = (changed: Partial<ConflictInfo> = {}) => {
  const acts = { ontake: vi.fn(() => Promise.resolve()), onkeep: vi.fn(() => Promise.resolve()) };
  return { page: render(ConflictValues, { conflict: conflict(changed), ...acts }), ...acts };
};

beforeEach(() => startLocale("en"));

it("shows both values with who wrote them, and takes the other at one press", async () => {
  const { page, ontake, onkeep } = show();
  const cells = [...page.container.querySelectorAll("tbody td")].map((cell) => cell.textContent);
  expect(cells).toEqual(["040 222 2222", "040 111 1111"]);
  page.getByText(/Aino/);
  page.getByText(/Eero/);
  await userEvent.click(page.getByRole("button", { name: "Take the other value" }));
  expect(ontake).toHaveBeenCalledOnce();
  await userEvent.click(page.getByRole("button", { name: "Keep as it is" }));
  expect(onkeep).toHaveBeenCalledOnce();
});

it("says that a value was emptied, and keeps back what an order withholds", () => {
  const { page } = show({
    values: [
      { column: "email", standing: "", other: "a@example.fi", withheld: false },
      { column: "phone", standing: "", other: "", withheld: true },
    ],
  });
  page.getByText("empty");
  page.getByText("a@example.fi");
  expect(page.container.querySelectorAll("td[colspan='2']").length).toBe(1);
});

it("brings back what one of them deleted, and offers nothing where the record is gone", () => {
  expect(show({ how: "deleted" }).page.getByRole("button", { name: "Bring back" })).toBeTruthy();
  expect(show({ how: "parent_gone" }).page.container.querySelector(".acts")).toBeNull();
});
