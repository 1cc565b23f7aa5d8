import { constants } from "node:fs";
import { lstat, open, readdir, readlink, realpath } from "node:fs/promises";
import { join, posix } from "node:path";
import { StageError } from "../errors.ts";
import { collapsed } from "./inputs.ts";
import type { Limits } from "./limits.ts";

/** What stands at a path, once its symbolic links are followed. Paths are repository-relative, "" is the root. */
export type Found = { path: string; kind: "file" | "directory"; links: string[] };

const MAX_LINKS = 40;

/**
 * The repository's files, read so that nothing outside the repository can be reached, by whatever
 * symbolic link or dots. It remembers every file, link and listing that it gave out, and what was looked for in
 * vain: that is the inputs closure.
 */
export class RepositoryTree {
  readonly files = new Map<string, Buffer>();
  readonly links = new Map<string, string>();
  readonly #targets = new Map<string, string>();
  /** Directories whose listing decided something, and paths that were looked for and are not there. */
  readonly #listed = new Set<string>();
  readonly #absent = new Set<string>();
  readonly #root: string;
  readonly #revision: string;
  readonly #limits: Limits;
  #bytes = 0;

  private constructor(root: string, revision: string, limits: Limits) {
    this.#root = root;
    this.#revision = revision;
    this.#limits = limits;
  }

  static async open(directory: string, revision: string, limits: Limits): Promise<RepositoryTree> {
    const root = await realpath(directory).catch(() => {
      throw new StageError(
        "render",
        "CheckoutMissing",
        `The directory ${directory} is not there; it is checked out again.`,
        { next: "retry" },
      );
    });
    return new RepositoryTree(root, revision, limits);
  }

  /** The path on disk of a repository-relative path that `find` has cleared. */
  onDisk(path: string): string {
    return path === "" ? this.#root : join(this.#root, path);
  }

  /** Joins a reference to the folder it stands in; refuses absolute ones and those that climb out. */
  resolve(folder: string, reference: string, at?: { file: string }): string {
    const joined = posix.normalize(posix.join(folder || ".", reference));
    if (reference.startsWith("/") || joined === ".." || joined.startsWith("../") || reference.includes("\0"))
      throw outside(
        `${JSON.stringify(reference)}${at ? `, named in ${at.file},` : ""} leads out of the repository`,
        at?.file,
      );
    return joined === "." ? "" : joined.replace(/\/$/, "");
  }

  /** What stands at a path; undefined where nothing does. Throws where a link leads out of the repository. */
  async find(path: string): Promise<Found | undefined> {
    const links: string[] = [];
    let done = "";
    const todo = path === "" ? [] : path.split("/");
    while (todo.length > 0) {
      const name = todo.shift()!;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        done = posix.dirname(done) === "." ? "" : posix.dirname(done);
        continue;
      }
      if (name === ".git" && done === "") return undefined;
      const here = done === "" ? name : `${done}/${name}`;
      const stats = await lstat(this.onDisk(here)).catch(() => undefined);
      if (!stats) {
        this.#absent.add([here, ...todo].join("/"));
        return undefined;
      }
      if (stats.isSymbolicLink()) {
        const target = await readlink(this.onDisk(here));
        const landing = posix.normalize(posix.join(done || ".", target));
        if (target.startsWith("/") || landing === ".." || landing.startsWith("../"))
          throw outside(`${here} is a symbolic link that leads out of the repository`, here);
        links.push(here);
        if (links.length > MAX_LINKS)
          throw outside(`${path} is a symbolic link that leads nowhere but to itself`, here);
        todo.unshift(...target.split("/"));
        this.#targets.set(here, target);
      } else if (todo.length > 0 && !stats.isDirectory()) {
        this.#absent.add([here, ...todo].join("/"));
        return undefined;
      } else if (stats.isDirectory() || stats.isFile()) {
        done = here;
        if (stats.isFile()) return { path: done, kind: "file", links };
      } else return undefined;
    }
    return { path: done, kind: "directory", links };
  }

  /** Counts the links on the way to something as inputs: they decide what is read. */
  use(found: Found): void {
    for (const link of found.links) this.links.set(link, this.#targets.get(link)!);
  }

  /** The names in a directory, sorted by code point; the whole directory counts as an input from here on. */
  async list(path: string): Promise<string[]> {
    this.#listed.add(`${path}/`);
    return (await readdir(this.onDisk(path))).sort();
  }

  /** Which of some names are in a directory; only these count as inputs, be they there or not. */
  async which(path: string, names: readonly string[]): Promise<string[]> {
    for (const name of names) this.#absent.add(path === "" ? name : `${path}/${name}`);
    return (await readdir(this.onDisk(path))).filter((name) => names.includes(name)).sort();
  }

  /** A file's bytes, within the limits on size and number; counts as an input from here on. */
  async read(found: Found): Promise<Buffer> {
    this.use(found);
    const known = this.files.get(found.path);
    if (known) return known;
    const file = await open(this.onDisk(found.path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      const { maxFileBytes, maxFiles, maxInputBytes } = this.#limits;
      if (size > maxFileBytes)
        throw tooMuch(
          "FileTooLarge",
          `${found.path} has ${size} bytes, and at most ${maxFileBytes} are read`,
          found.path,
        );
      if (this.files.size >= maxFiles)
        throw tooMuch("TooManyFiles", `more than ${maxFiles} files contribute`, found.path);
      const content = await file.readFile();
      this.#bytes += content.length;
      if (this.#bytes > maxInputBytes)
        throw tooMuch(
          "TooMuchInput",
          `the files that contribute have more than ${maxInputBytes} bytes together`,
          found.path,
        );
      this.files.set(found.path, content);
      return content;
    } finally {
      await file.close();
    }
  }

  /** Everything that contributed so far, sorted by code point. */
  inputs(): string[] {
    return [...new Set([...this.files.keys(), ...this.links.keys()])].sort();
  }

  /** The inputs closure, as the protocol has it: also listings, links on the way, and what is not there. */
  closure(): string[] {
    return collapsed([...this.inputs(), ...this.#targets.keys(), ...this.#listed, ...this.#absent]);
  }

  /** Finds and reads; throws PathNotFound with who asked for it. */
  async get(path: string, askedBy?: string): Promise<{ found: Found; content: Buffer }> {
    const found = await this.find(path);
    if (found?.kind !== "file")
      throw this.notFound(path, askedBy, found ? "is a directory, not a file" : undefined);
    return { found, content: await this.read(found) };
  }

  notFound(path: string, askedBy?: string, why?: string): StageError {
    const shown = path === "" ? "." : path;
    return new StageError(
      "render",
      "PathNotFound",
      `${shown}${askedBy ? `, named in ${askedBy},` : ""} ${why ?? "does not exist"} at revision ${this.#revision.slice(0, 12)}; correct the path, or commit the file.`,
      { at: { file: askedBy && this.files.has(askedBy) ? askedBy : shown } },
    );
  }
}

function outside(what: string, file?: string): StageError {
  return new StageError(
    "render",
    "PathOutsideRepository",
    `${what}; desired state must lie inside the repository.`,
    {
      at: file === undefined ? {} : { file },
    },
  );
}

function tooMuch(reason: string, what: string, file: string): StageError {
  return new StageError("render", reason, `${what}; split it, or take out what is not desired state.`, {
    at: { file },
  });
}
