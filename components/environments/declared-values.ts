import { yamlLines } from "#components/diff/yaml.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

type About = Pick<EnvironmentDetail, "name" | "ref" | "path" | "mode" | "declared"> & {
  repository: Pick<EnvironmentDetail["repository"], "url">;
};

/** The Helm values of the agent's chart that declare an environment as it is: what one edits to change it. */
export function declaredValues({ name, repository, ref, path, mode, declared }: About): string {
  const account = /^([^/]*)\/(.+)$/.exec(declared.serviceAccount ?? "");
  const entry = {
    name,
    repository: { url: repository.url, ref },
    path,
    mode,
    ...(declared.namespace ? { namespace: declared.namespace } : {}),
    ...(declared.renderer === "auto" ? {} : { renderer: declared.renderer }),
    prune: declared.prune,
    progressDeadline: asDuration(declared.progressDeadlineMs),
    ...(declared.remoteSuspend ? {} : { remoteSuspend: false }),
    ...(declared.dependsOn.length > 0 ? { dependsOn: declared.dependsOn } : {}),
    ...(account ? { serviceAccountName: account[2], serviceAccountNamespace: account[1] } : {}),
    ...(declared.windows.length > 0
      ? {
          windows: declared.windows.map(({ durationMs, ...window }) => ({
            ...window,
            duration: asDuration(durationMs),
          })),
        }
      : {}),
    ...(Object.keys(declared.labels).length > 0 ? { labels: declared.labels } : {}),
  };
  return `${["environments:", ...yamlLines([entry]).map((line) => `  ${line}`)].join("\n")}\n`;
}

/** As the declaration writes it: "10m", "62h", "1500ms". */
function asDuration(ms: number): string {
  for (const [unit, size] of [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const)
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  return `${ms}ms`;
}
