// `npm run lint:template`: cfn-lint and checkov on the template as it would be deployed, with either warmer. Fails on what no waiver
// covers, and on a waiver that covers nothing.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { virtualEnvironment } from "../emulated/python.mjs";
import { waivers } from "./waivers.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const root = here("../..");
const region = "eu-west-1";

async function main() {
  const linters = await virtualEnvironment(here("../emulated/requirements.txt"));
  const checkers = await virtualEnvironment(here("checkov.txt"));
  const folder = await mkdtemp(join(tmpdir(), "tidegate-template-"));
  try {
    const template = await packaged(folder);
    const findings = [...(await cfnLint(linters, template)), ...(await checkov(checkers, template))];
    return judged(findings);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function packaged(folder) {
  const policies = join(folder, "policies");
  const shop = await readFile(join(root, "policies/shop.yml"), "utf8");
  await mkdir(policies);
  await writeFile(join(policies, "shop.yml"), shop.replace("warm: { http: { ", "warm: { http: { by: ssm, "));
  const said = [`policies=${policies}`, "warmSubnets=subnet-0a1b2c3d", "warmSecurityGroups=sg-0a1b2c3d"];
  const params = said.flatMap((param) => ["--param", param]);
  const sls = [join(root, "node_modules/.bin/sls"), "package", "--region", region, "--package", folder, ...params];
  await run(process.execPath, sls, { cwd: root });
  return join(folder, "cloudformation-template-update-stack.json");
}

/** Its exit code is a sum of what it found; the findings themselves are on its standard output either way. */
async function cfnLint(bin, template) {
  const { Resources: resources } = JSON.parse(await readFile(template, "utf8"));
  const found = await jsonOf(join(bin, "cfn-lint"), ["--format", "json", "--regions", region, "--template", template]);
  return found.map(({ Rule: { Id }, Message, Location: { Path: path } }) => {
    const resource = path?.[0] === "Resources" ? `${resources[path[1]]?.Type}.${path[1]}` : String(path?.join("/"));
    return { check: Id, resource, message: Message };
  });
}

async function checkov(bin, template) {
  const quiet = ["--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"];
  const { results } = await jsonOf(join(bin, "checkov"), [...quiet, "--file", template]);
  return results.failed_checks.map(({ check_id, resource, check_name }) => ({
    check: check_id,
    resource,
    message: check_name,
  }));
}

async function jsonOf(command, args) {
  const { stdout, stderr } = await run(command, args, { maxBuffer: 2 ** 26 }).catch((ended) => ended);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${command} printed no findings: ${stderr || stdout}`);
  }
}

/** The exit code. */
function judged(findings) {
  const covers = ({ check, on }, finding) => finding.check === check && finding.resource.startsWith(on);
  const open = findings.filter((finding) => !waivers.some((waiver) => covers(waiver, finding)));
  const idle = waivers.filter((waiver) => !findings.some((finding) => covers(waiver, finding)));
  for (const { check, resource, message } of open) console.error(`${check} ${resource}: ${message}`);
  for (const { check, on } of idle) console.error(`the waiver of ${check} on ${on} covers nothing: remove it`);
  console.log(
    `${findings.length} findings, ${findings.length - open.length} waived with a reason, ${open.length} open`,
  );
  return open.length + idle.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`npm run lint:template: ${error.message}`);
  process.exitCode = 1;
}
