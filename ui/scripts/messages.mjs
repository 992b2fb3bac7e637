// Compiles the messages as the Vite plugin does, so that types can be checked without a build.
import { compile } from "@inlang/paraglide-js";
import { paraglide } from "../paraglide.config.mjs";

await compile(paraglide);
