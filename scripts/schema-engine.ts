import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";

/**
 * Prisma's own schema engine, from the WebAssembly package: the command-line tool would download it.
 * The package's entry imports its `.wasm` as a module, which Node does not do without a flag.
 */
export async function openSchemaEngine(ownerUrl: string): Promise<SchemaEngine> {
  bindings ??= loadBindings();
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new WholeScriptPg({ connectionString: ownerUrl, idleTimeoutMillis: 100 }),
  );
  return (await bindings).SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

type Bindings = typeof import("@prisma/schema-engine-wasm/schema_engine_bg");
let bindings: Promise<Bindings> | undefined;

async function loadBindings(): Promise<Bindings> {
  const folder = dirname(
    createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"),
  );
  const loaded = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const module = await WebAssembly.compile(readFileSync(join(folder, "schema_engine_bg.wasm")));
  const { exports } = await WebAssembly.instantiate(module, {
    "./schema_engine_bg.js": { ...loaded, ...quietTimers(loaded) },
  });
  loaded.__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
  return loaded;
}

/** The engine leaves a timer of ten seconds behind, for a lock it has long got: nobody should wait for it. */
function quietTimers(loaded: Bindings): WebAssembly.ModuleImports {
  const name = Object.keys(loaded).find((key) => key.startsWith("__wbg_setTimeout_"));
  return name
    ? { [name]: (work: () => void, delayMs: number) => setTimeout(work, delayMs >>> 0).unref() }
    : {};
}

/**
 * The stock adapter splits a script at every semicolon, which tears function bodies apart. Sent whole,
 * PostgreSQL parses it itself and a migration is applied in one transaction, or not at all.
 */
class WholeScriptPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}
