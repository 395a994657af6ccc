// Builds the zips before Serverless packages them, so that what is deployed is what stands here.
const { join, resolve } = require("node:path");

module.exports = class Bundle {
  constructor(serverless, _options, { log }) {
    const build = async () => {
      const { bundle } = await import("../bundle.mjs");
      const folder = serverless.serviceDir;
      const policies = resolve(folder, serverless.service.custom.policies);
      const lines = await bundle({ policies, out: join(folder, ".build") }).catch(({ message }) => {
        throw new serverless.classes.Error(message, "BUNDLE_FAILED");
      });
      for (const line of lines) log.notice(line);
    };
    this.hooks = { "before:package:initialize": build, "before:package:function:package": build };
  }
};
