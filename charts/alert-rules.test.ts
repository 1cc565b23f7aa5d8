import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { ensurePromtool } from "#scripts/engines/promtool.ts";
import type { Exposition } from "../agent/metrics/test-exposition.ts";
import { chart, type Manifest, minimal, template, the } from "./test-chart.ts";
import { scrapeAgent } from "./test-scraped-agent.ts";

type Rule = { alert?: string; record?: string; expr: string; annotations?: Record<string, string> };

let folder: string;
let promtool: string;
let rendered: Manifest[];
let scraped: Exposition;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-rules-"));
  const metrics = { prometheusRule: { enabled: true }, dashboard: { enabled: true } };
  [promtool, rendered, scraped] = await Promise.all([
    ensurePromtool(() => undefined),
    template({ ...minimal, metrics }, "plumbline-agent", "plumbline"),
    scrapeAgent(),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs promtool; answers how it ended and what it said. */
function check(args: string[], input = ""): Promise<{ ok: boolean; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(promtool, args, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ ok: error === null, said: stdout + stderr }),
    );
    child.stdin?.end(input);
  });
}

const groups = () => the("PrometheusRule", rendered).spec.groups as { name: string; rules: Rule[] }[];

function writeRules(name: string, content: unknown): string {
  writeFileSync(join(folder, name), stringify(content));
  return name;
}

/** The metrics that an expression names, without what histograms add to their names. */
function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/"[^"]*"/g, "");
  const names = bare.match(/\b(plumbline|process|nodejs)_[a-z0-9_]+/g) ?? [];
  return names.map((name) => name.replace(/_(bucket|sum|count)$/, ""));
}

describe("the alert rules that the chart renders", () => {
  it("are rules, as promtool sees them, and say what to do", async () => {
    const file = writeRules("alerts.yaml", { groups: groups() });
    expect(await check(["check", "rules", "--lint=all", "--lint-fatal", file])).toMatchObject({
      ok: true,
      said: expect.stringContaining("SUCCESS: 4 rules found"),
    });
    for (const { annotations } of groups().flatMap(({ rules }) => rules))
      for (const part of ["summary", "description", "action"]) expect(annotations?.[part]).toMatch(/\w/);
  });

  it("fire and resolve as their tests say: lasting difference, failing syncs, silent agent, lost control plane", async () => {
    writeRules("alerts.yaml", { groups: groups() });
    copyFileSync(join(chart, "files/alerts.test.yaml"), join(folder, "alerts.test.yaml"));
    expect(await check(["test", "rules", "alerts.test.yaml"])).toMatchObject({ ok: true });
  });

  it("are really tested: without its hour, the first one fails", async () => {
    const hasty = JSON.parse(JSON.stringify(groups()).replace("> 3600", "> 60"));
    writeRules("alerts.yaml", { groups: hasty });
    copyFileSync(join(chart, "files/alerts.test.yaml"), join(folder, "alerts.test.yaml"));
    const { ok, said } = await check(["test", "rules", "alerts.test.yaml"]);
    expect({ ok, said }).toMatchObject({
      ok: false,
      said: expect.stringContaining("PlumblineDifferenceLasts"),
    });
  });

  it("ask only for metrics that a running agent has", () => {
    const asked = groups().flatMap(({ rules }) => rules.flatMap(({ expr }) => metricsIn(expr)));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((name) => !scraped.kinds.has(name))).toEqual([]);
  });
});

describe("what a running agent answers", () => {
  it("is Prometheus' format, with names and kinds by convention", async () => {
    expect(await check(["check", "metrics"], scraped.text)).toEqual({ ok: true, said: "" });
  });

  it("is explained, metric by metric", () => {
    const operations = readFileSync(join(chart, "../../docs/operations.md"), "utf8");
    expect([...scraped.kinds.keys()].filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("the dashboard", () => {
  type Panel = { title: string; type: string; targets?: { expr: string }[] };
  const dashboard = () =>
    JSON.parse(the("ConfigMap", rendered, "dashboard").data["plumbline-agent.json"]) as {
      panels: (Panel & { id: number; gridPos: { x: number; y: number; w: number; h: number } })[];
      templating: { list: { name: string; definition?: string }[] };
      annotations: { list: { expr: string }[] };
    };
  const expressions = () => dashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it("asks in PromQL that parses", async () => {
    const rules = [...expressions(), ...dashboard().annotations.list.map(({ expr }) => expr)].map(
      (expr, index) => ({
        record: `dashboard:expression:${index}`,
        expr: expr.replaceAll("$__rate_interval", "5m"),
      }),
    );
    expect(rules.length).toBeGreaterThan(20);
    const file = writeRules("dashboard.yaml", { groups: [{ name: "dashboard", rules }] });
    expect(await check(["check", "rules", file])).toMatchObject({ ok: true });
  });

  it("asks only for metrics that a running agent has, and leaves none of the environments' out", () => {
    const { templating } = dashboard();
    const asked = [...expressions(), ...templating.list.map(({ definition = "" }) => definition)].flatMap(
      metricsIn,
    );
    expect([...new Set(asked)].filter((name) => !scraped.kinds.has(name))).toEqual([]);
    const told = [...scraped.kinds.keys()].filter((name) => name.startsWith("plumbline_environment_"));
    expect(told.filter((name) => !asked.includes(name))).toEqual([]);
  });

  it("uses no variable that it does not declare, and no legend label that its query drops", () => {
    const { panels, templating } = dashboard();
    const declared = new Set([...templating.list.map(({ name }) => name), "__rate_interval"]);
    const used = JSON.stringify(panels).match(/\$\{?\w+/g) ?? [];
    expect(used.map((one) => one.replace(/\W+/, "")).filter((name) => !declared.has(name))).toEqual([]);
    for (const { targets = [] } of panels)
      for (const { expr, legendFormat = "" } of targets as { expr: string; legendFormat?: string }[])
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          expect(expr).toMatch(new RegExp(`by \\([^)]*\\b${label}\\b`));
  });

  it("has panels that do not lie on each other, each with its own id", () => {
    const { panels } = dashboard();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });
});
