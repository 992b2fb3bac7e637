import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { startLocale } from "./i18n/index.js";
import { startTheme } from "./theme.svelte.js";

startLocale(null);
startTheme(null);

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app element");
mount(App, { target });
