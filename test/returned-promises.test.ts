/** A promise returned without `await` settles after `await using` has disposed of what it works on, such as a borrowed gallery. */
import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Methods of arrays and bytes: no types are known here, and these calls are no promises. */
const synchronous = /\.(?:filter|map|slice|subarray|toSorted)$/;

/** Calls returned without `await` after an `await using` of the same function, with their line. */
function returnedCalls(text: string): string[] {
  const source = ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const resultsOf = (given: ts.Expression): ts.Expression[] => {
    const result = ts.isParenthesizedExpression(given) ? given.expression : given;
    if (ts.isConditionalExpression(result)) return [result.whenTrue, result.whenFalse].flatMap(resultsOf);
    return ts.isBinaryExpression(result) ? [result.left, result.right].flatMap(resultsOf) : [result];
  };
  const isCall = (result: ts.Expression) => ts.isCallExpression(result) && !synchronous.test(result.expression.getText());
  const visit = (node: ts.Node, isDisposing: boolean): void => {
    if (ts.isReturnStatement(node) && node.expression && isDisposing && resultsOf(node.expression).some(isCall))
      found.push(`${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.getText()}`);
    let disposes = isDisposing && !ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => {
      visit(child, disposes);
      const kind = ts.isVariableStatement(child) ? child.declarationList.flags & ts.NodeFlags.BlockScoped : 0;
      if (kind === ts.NodeFlags.AwaitUsing) disposes = true;
    });
  };
  visit(source, false);
  return found;
}

it("no function returns an unawaited call after `await using`", async () => {
  const wrong = "async function f() { await using a = b(); return c ? d() : 1; }";
  expect(returnedCalls(wrong)).toEqual(["1: return c ? d() : 1;"]);
  expect(returnedCalls(wrong.replace("d()", "await d()"))).toEqual([]);
  const files = await Array.fromAsync(glob(["src/**/*.ts", "scripts/**/*.ts"], { cwd: root }));
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(`${root}${file}`, "utf8")] as const));
  const disposing = texts.filter(([, text]) => text.includes("await using"));
  expect(disposing.length).toBeGreaterThan(20);
  expect(disposing.flatMap(([file, text]) => returnedCalls(text).map((call) => `${file}:${call}`))).toEqual([]);
});
