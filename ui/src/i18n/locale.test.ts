import { render } from "@testing-library/svelte";
import { tick } from "svelte";
import { expect, it, vi } from "vitest";
import SettingsPage from "../pages/SettingsPage.svelte";
import { locale, onLocaleChange, setLocale, startLocale } from "./locale.svelte.js";

it("starts in the stored language, else the system's, else Finnish", () => {
  startLocale("sv", ["en-US"]);
  expect(locale()).toBe("sv");
  startLocale(null, ["de-DE", "en-US"]);
  expect(locale()).toBe("en");
  startLocale("xx", ["de"]);
  expect(locale()).toBe("fi");
  expect(document.documentElement.lang).toBe("fi");
});

it("changes every text on an open page at once, keeps its elements, and tells who stores it", async () => {
  startLocale("fi");
  const stored = vi.fn();
  const stop = onLocaleChange(stored);
  const page = render(SettingsPage);
  const before = page.getByRole("heading", { level: 1 });
  expect(before.textContent).toBe("Asetukset");
  setLocale("sv");
  await tick();
  expect(page.getByRole("heading", { level: 1 })).toBe(before);
  expect(before.textContent).toBe("Inställningar");
  expect(document.documentElement.lang).toBe("sv");
  expect(stored).toHaveBeenCalledExactlyOnceWith("sv");
  stop();
});
