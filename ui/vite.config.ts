import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { paraglide } from "./paraglide.config.mjs";

export default defineConfig({
  plugins: [
    paraglideVitePlugin(paraglide),
    svelte(),
    svelteTesting(),
  ],
  // Tauri waits for this port in development.
  server: { port: 5173, strictPort: true, fs: { allow: [".", "../assets"] } },
  build: {
    // light-dark() and :has() are used as they are: WebKitGTK 2.44, Safari 17.5, WebView2.
    target: ["es2022", "safari17.5", "chrome123"],
    // A font or picture inside a data: address would not pass the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
    // Machines that build Rust at the same time are slow.
    testTimeout: 30_000,
  },
});
