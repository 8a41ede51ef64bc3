#!/usr/bin/env node
// Plain old JavaScript, so that an old Node gets as far as saying what is wrong.
const needed = [22, 18];
const version = process.versions.node;
const found = version.split(".").map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  const wayOut = "install a current one from https://nodejs.org";
  process.stderr.write(`facenet needs Node ${needed.join(".")} or later and this is Node ${version}: ${wayOut}.\n`);
  process.exitCode = 1;
} else {
  void import("node:module").then(({ enableCompileCache }) => {
    enableCompileCache(); // starting takes a fifth less from the second time on
    return import("../dist/cli/main.js");
  });
}
