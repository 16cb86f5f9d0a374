// Who may import whom. The arrows are those drawn in CONTRIBUTING.md; what stands in the source must follow them, and no
// file may come back to itself. Tests and their fixtures look anywhere.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const contributing = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

const files = filesOf("src", "web", "bench", "examples", "scripts");
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const arrows = readArrows();

describe("imports", () => {
  it("follow the arrows in CONTRIBUTING.md", () => {
    const against = [...imports].flatMap(([file, targets]) =>
      targets.flatMap((target) => {
        const [from, to] = [houseOf(file), houseOf(target)];
        return to === undefined || from === to || reachable(from ?? "", to) ? [] : [`${file} → ${target}`];
      }),
    );
    expect(against).toEqual([]);
  });

  it("know every folder", () => {
    const folders = new Set(files.flatMap((file) => houseOf(file) ?? []));
    expect([...folders].filter((folder) => !arrows.has(folder))).toEqual([]);
  });

  it("name files that are there", () => {
    expect([...imports.values()].flat().filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  it("form no circle of files", () => {
    const done = new Set<string>();
    const circleFrom = (file: string, path: readonly string[]): string | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" → ");
      if (done.has(file)) return undefined;
      for (const target of imports.get(file) ?? []) {
        const circle = circleFrom(target, [...path, file]);
        if (circle) return circle;
      }
      done.add(file);
      return undefined;
    };
    expect(files.flatMap((file) => circleFrom(file, []) ?? [])).toEqual([]);
  });

  it("of Node's own modules stand only where the browser never comes", () => {
    const [, list = ""] =
      /Only (.+?) and files named `\*\.node\.ts` import `node:`/s.exec(contributing) ?? [];
    const allowed = [...list.matchAll(/`([\w/]+)`/g)].map(([, name]) => `src/${name}/`);
    expect(allowed.length).toBeGreaterThan(3);
    const builtin = /(?:from |(?<!typeof )import\()"node:/;
    const strays = files.filter(
      (file) =>
        file.startsWith("src/") &&
        !file.endsWith(".node.ts") &&
        !allowed.some((folder) => file.startsWith(folder)) &&
        builtin.test(readFileSync(join(root, file), "utf8")),
    );
    expect(strays).toEqual([]);
  });
});

/** A folder of src, or one beside it; nothing for the files in src itself, on which everybody may stand. */
function houseOf(file: string): string | undefined {
  const [top, folder, below] = file.split("/");
  if (top !== "src") return top;
  if (file === "src/index.ts") return "index";
  return below === undefined ? undefined : folder;
}

/** Every line `a, b → c, d` of the block behind the mark: a and b may import c and d, and what those may. */
function readArrows(): ReadonlyMap<string, readonly string[]> {
  const [, block = ""] = /<!-- arrows -->\s*```[^\n]*\n(.*?)```/s.exec(contributing) ?? [];
  const names = (text = "") => text.match(/\w+/g) ?? [];
  return new Map(
    block
      .split("\n")
      .filter((line) => line.includes("→"))
      .flatMap((line) => {
        const [from, to] = line.split("·")[0]!.split("→");
        return names(from).map((name) => [name, names(to)] as const);
      }),
  );
}

function reachable(from: string, to: string): boolean {
  return (arrows.get(from) ?? []).some((next) => next === to || reachable(next, to));
}

function filesOf(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => globFiles(folder))
    .filter((file) => !/\.(test|fixture|config)\.|\.d\.ts$/.test(file));
}

function globFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((name) => /\.tsx?$/.test(name));
}

/** Relative imports, type-only and dynamic ones among them, as paths from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(
    /^(?:import|export) (?:[^;]*? from )?"(\.[^"?]+\.tsx?)[^"]*"|import\("(\.[^"]+\.tsx?)"\)/gm,
  );
  return [...found].map(([, plain, dynamic]) => normalize(join(dirname(file), (plain ?? dynamic)!)));
}
