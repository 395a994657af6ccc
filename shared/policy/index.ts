export { type CalendarDay, type DateSpan, holidaysIn } from "./calendarFile.ts";
export { defaultPolicy } from "./defaultPolicy.ts";
export { policyBytesMax } from "./document.ts";
export { formatIssue, type Issue } from "./issue.ts";
export { issueAt, parsePolicy } from "./parse.ts";
export { policyJsonSchema } from "./schema.ts";
export { clashesOf, type PolicyFile, targetGroupName } from "./together.ts";
export * from "./types.ts";
export { policyVersion } from "./version.ts";
