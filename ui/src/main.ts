import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { startFinder } from "./finder.js";
import { startSession } from "./session.svelte.js";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app element");
mount(App, { target });
startFinder();
void startSession();
