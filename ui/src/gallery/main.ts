// For our own eyes while developing (`npm run dev`, then /gallery.html?view=…&theme=dark); not part of the build.
import { mount } from "svelte";
import Gallery from "./Gallery.svelte";
import "../app.css";
import { startLocale } from "../i18n/index.js";
import { startTheme } from "../theme.svelte.js";

const asked = new URLSearchParams(location.search);
startLocale(asked.get("lang") ?? "fi");
startTheme(asked.get("theme"));
const target = document.getElementById("app");
if (target) mount(Gallery, { target, props: { view: asked.get("view") ?? "table" } });
