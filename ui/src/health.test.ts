import { expect, it } from "vitest";
import { syncHealth } from "./health.js";
import type { SyncStatus_Serialize as SyncStatus } from "./platform/bindings.js";

const now = new Date("2026-11-30T10:00:00");
const status = (changed: Partial<SyncStatus>): SyncStatus => ({ phase: { code: "idle" }, synced_at: "2026-11-30T09:58:00", unsent: 0, ...changed });
const failed = (code: string): SyncStatus["phase"] => ({ code: "failed", params: { problem: { code } as never, again_at: "2026-11-30T10:01:00" } });

it.each([
  ["up to date", status({}), "ok", "Ajan tasalla"],
  ["something waits to be sent", status({ unsent: 3 }), "warn", "Odottaa lähetystä"],
  ["under way", status({ phase: { code: "working" }, unsent: 3 }), "ok", "Yhdistetään muutoksia"],
  ["the network is away", status({ phase: failed("endpoint_unreachable") }), "warn", "Ei yhteyttä palvelimeen"],
  ["somebody has to do something", status({ phase: failed("shut_out") }), "danger", "Yhteiskäyttö on pysähtynyt"],
  ["a lie of the server", status({ phase: failed("log_fault") }), "danger", "Yhteiskäyttö on pysähtynyt"],
])("tells how synchronising stands: %s", (_, given, tone, title) => {
  expect(syncHealth(given, now)).toMatchObject({ tone, title });
});

it("says what waits rather than when it was in step", () => {
  expect(syncHealth(status({ unsent: 3, phase: failed("endpoint_unreachable") }), now).detail).toBe("3 muutosta odottaa lähetystä");
  expect(syncHealth(status({ unsent: 0, synced_at: null }), now).detail).toBeUndefined();
});
