#!/usr/bin/env node
// Runs main.ts: typescript.mjs sees to it that Node can. Written so that an old Node can still read it.
const [major, minor] = process.versions.node.split(".").map(Number);

async function run() {
  // The SDK tells the users of Node 20 that its later versions will want 22: news for us, not for them.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.();
  await import("./typescript.mjs");
  const { main } = await import("./main.ts");
  await main(process.argv.slice(2));
}

if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(`tidegate: needs Node 20.20 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  run();
}
