import type { Component } from "svelte";
import type { LucideProps } from "@lucide/svelte";

/** A Lucide icon, imported one by one: `import Users from "@lucide/svelte/icons/users"`. */
export type IconType = Component<LucideProps>;
