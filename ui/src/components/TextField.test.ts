import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { startLocale } from "../i18n/index.js";
import TextField from "./TextField.svelte";

it("says in the window's own language what is missing, where it is missing, until something is typed", async () => {
  startLocale("fi");
  const form = document.body.appendChild(document.createElement("form"));
  const page = render(TextField, { target: form, props: { label: "Nimi", value: "", required: true } });
  const input = page.getByLabelText("Nimi") as HTMLInputElement;
  const invalid = new Event("invalid", { cancelable: true });
  input.dispatchEvent(invalid);
  await Promise.resolve();
  expect(invalid.defaultPrevented).toBe(true);
  expect(page.getByText("Täytä tämä kohta.")).toBeTruthy();
  expect(document.activeElement).toBe(input);
  await userEvent.type(input, "A");
  expect(page.queryByText("Täytä tämä kohta.")).toBeNull();
  form.remove();
});
