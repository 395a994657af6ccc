// Holds an embedded database open until it is killed. Arguments: folder, mode, how many rows to commit first.
import { openEmbedded, putRow } from "../../shared/aws/index.ts";
import { rowOfGeneration } from "./rows.ts";

const [folder = "", mode, rows = "0"] = process.argv.slice(2);
const opened = await openEmbedded(folder, { mode: mode === "continue" ? "continue" : "start-over" });
if (opened.kind === "error") throw new Error(opened.error);
for (let generation = 1; generation <= Number(rows); generation++)
  await putRow(opened.value.table, rowOfGeneration(generation), "child");
console.log("ready");
setInterval(() => {}, 60_000);
