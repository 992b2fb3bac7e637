export { call, onFileDamaged, type Result } from "./call.js";
export { explain, type ErrorCode, type Told } from "./errors.js";
export { NEW_ID } from "./new-id.js";
export { asProblem, Problem, type ProblemParams } from "./problem.js";
