import { Counter, Gauge, type Registry } from "prom-client";

/** One value and the labels it stands under. */
export type Labelled = { labels: Record<string, string>; value: number };

/** A metric whose values are made for each scrape and not kept. */
export type Computed = { name: string; lines: () => Iterable<string> };

/**
 * Registers a metric whose values are made for each scrape and not kept: between scrapes it costs nothing, and what
 * is gone is gone from the next one. Its lines are written one by one, since for a thousand environments the
 * registry's own way makes a hundred megabytes of garbage.
 */
export function computed(
  registry: Registry,
  options: {
    name: string;
    help: string;
    type?: "gauge" | "counter";
    labelNames?: string[];
    values: () => Iterable<Labelled>;
  },
): Computed {
  const { name, help, type = "gauge", labelNames = [], values } = options;
  const of = { name, help, labelNames, registers: [registry] };
  const metric = type === "gauge" ? new Gauge(of) : new Counter(of);
  function* lines(): Generator<string> {
    yield `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    for (const { labels, value } of values()) yield `${name}${textOf(labels)} ${value}\n`;
  }
  return Object.assign(metric, { name, lines });
}

/** A computed metric with one value and no labels; absent while there is none. */
export function single(
  registry: Registry,
  options: { name: string; help: string; type?: "gauge" | "counter"; value: () => number | undefined },
): void {
  const { value, ...rest } = options;
  computed(registry, {
    ...rest,
    values: () => {
      const now = value();
      return now === undefined ? [] : [{ labels: {}, value: now }];
    },
  });
}

/** All of a registry in Prometheus' text format, in pieces of a few kilobytes. */
export async function* expose(registry: Registry): AsyncGenerator<string> {
  for (const metric of registry.getMetricsAsArray()) {
    if (!("lines" in metric)) {
      yield `${await registry.getSingleMetricAsString(metric.name)}\n`;
      continue;
    }
    let piece = "";
    for (const line of (metric as unknown as Computed).lines()) {
      piece += line;
      if (piece.length < 16_384) continue;
      yield piece;
      piece = "";
    }
    yield piece;
  }
}

function textOf(labels: Record<string, string>): string {
  let text = "";
  for (const name in labels) text += `${text ? "," : "{"}${name}="${escaped(labels[name] ?? "")}"`;
  return text && `${text}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
