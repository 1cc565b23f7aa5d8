import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { rows } from "./rows.ts";

/** Every row of every table as text, compressed bodies unpacked, under "schema.table". */
export async function databaseTexts(ownerUrl: string): Promise<Map<string, string>> {
  const tables = await rows<{ name: string }>(
    ownerUrl,
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables)
    texts.set(
      name,
      (await rows<Record<string, unknown>>(ownerUrl, `select * from ${name}`))
        .map((row) => Object.values(row).map(textOf).join("\t"))
        .join("\n"),
    );
  return texts;
}

/** Every file under a folder as text, compressed ones unpacked, but for the named folders at its top. */
export function fileTexts(folder: string, except: string[] = []): Map<string, string> {
  const texts = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const top = file.slice(folder.length + 1).split("/")[0]!;
    if (entry.isFile() && !except.includes(top)) texts.set(file, textOf(readFileSync(file)));
  }
  return texts;
}

function textOf(value: unknown): string {
  if (!Buffer.isBuffer(value)) return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const packed = value[0] === 0x1f && value[1] === 0x8b;
  return (packed ? gunzipSync(value) : value).toString("utf8");
}
