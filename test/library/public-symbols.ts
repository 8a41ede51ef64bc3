/** Exports of the package: every symbol with its docblock, read by the compiler from the entry points. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Entry points by the name users import. */
export const entryPoints = {
  facenet128: "src/index.ts",
  "facenet128/metric": "src/metric/index.ts",
  "facenet128/training": "src/training/index.ts",
  "facenet128/client": "src/client/index.ts",
} as const;
export type EntryPoint = keyof typeof entryPoints;

export type PublicSymbol = {
  readonly entry: EntryPoint;
  /** `squaredL2`, or `Gallery.index` for a member of a class. */
  readonly name: string;
  /** Whether it exists at run time: a function, class, constant or method. */
  readonly isValue: boolean;
  /** First lines of the docblock; empty without one. */
  readonly summary: string;
  readonly examples: readonly string[];
};

const root = fileURLToPath(new URL("../..", import.meta.url));

export function publicSymbols(): PublicSymbol[] {
  const files = Object.values(entryPoints).map((file) => `${root}${file}`);
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  return Object.entries(entryPoints).flatMap(([entry, file]) => {
    const source = program.getSourceFile(`${root}${file}`) as ts.SourceFile;
    const module = checker.getSymbolAtLocation(source) as ts.Symbol;
    return checker.getExportsOfModule(module).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const describe = (name: string, one: ts.Symbol, isValue: boolean): PublicSymbol => ({
        entry: entry as EntryPoint,
        name,
        isValue,
        summary: ts.displayPartsToString(one.getDocumentationComment(checker)),
        examples: one
          .getJsDocTags(checker)
          .filter((tag) => tag.name === "example")
          .map((tag) => ts.displayPartsToString(tag.text)),
      });
      const own = describe(exported.name, symbol, !isTypeOnly(exported) && (symbol.flags & ts.SymbolFlags.Value) !== 0);
      return [own, ...members(symbol).map((member) => describe(`${exported.name}.${member.name}`, member, isMethod(member)))];
    });
  });
}

function isTypeOnly(exported: ts.Symbol): boolean {
  const specifier = exported.declarations?.[0];
  return (
    specifier !== undefined && ts.isExportSpecifier(specifier) && (specifier.isTypeOnly || specifier.parent.parent.isTypeOnly)
  );
}

/** Public methods and properties of a class, including static ones. */
function members(symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.flags & ts.SymbolFlags.Class)) return [];
  const all = [...(symbol.exports?.values() ?? []), ...(symbol.members?.values() ?? [])];
  return all.filter((one) => {
    const declaration = one.declarations?.[0];
    const isDeclared =
      declaration &&
      (ts.isMethodDeclaration(declaration) || ts.isPropertyDeclaration(declaration) || ts.isGetAccessor(declaration));
    if (!isDeclared || ts.isPrivateIdentifier(declaration.name)) return false;
    return !ts.getModifiers(declaration)?.some(({ kind }) => kind === ts.SyntaxKind.OverrideKeyword);
  });
}

function isMethod(symbol: ts.Symbol): boolean {
  return (symbol.flags & ts.SymbolFlags.Method) !== 0;
}
