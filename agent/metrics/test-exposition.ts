/** What a scrape read: series by their text, such as `up{job="a"}`, and metric names with their kind. */
export type Exposition = { text: string; series: Map<string, number>; kinds: Map<string, string> };

/** Reads Prometheus' text format. */
export function readExposition(text: string): Exposition {
  const series = new Map<string, number>();
  const kinds = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name && kind) kinds.set(name, kind);
    const [, one, value] = /^([^#\s][^\s{]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (one) series.set(one, Number(value));
  }
  return { text, series, kinds };
}

/** Asks a port for its metrics. */
export async function scrape(port: number): Promise<Exposition> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answers ${response.status}.`);
  return readExposition(await response.text());
}
