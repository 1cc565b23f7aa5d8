import { Counter, Gauge, type Registry } from "prom-client";

/** One value and the labels it stands under. */
export type Labelled = { labels: Record<string, string>; value: number };

/**
 * A metric whose values are made for each scrape and not kept: between scrapes it costs nothing, and what is gone
 * is gone from the next one.
 */
export function computed(
  registry: Registry,
  options: {
    name: string;
    help: string;
    type?: "gauge" | "counter";
    labelNames?: string[];
    values: () => Labelled[];
  },
): void {
  const { name, help, type = "gauge", labelNames = [], values } = options;
  const of = { name, help, labelNames, registers: [registry] };
  const metric = type === "gauge" ? new Gauge(of) : new Counter(of);
  const collect = () => undefined;
  metric.get = async () => ({ name, help, type, aggregator: "sum", collect, values: values() }) as never;
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
