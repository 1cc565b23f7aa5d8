import { safeHref } from "#components/ui/format.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

/** What the cluster declares of this environment: read-only, because only Git changes it. */
export function Declared({ environment }: { environment: EnvironmentDetail }) {
  const href = safeHref(environment.repository.url);
  const rows: [string, React.ReactNode][] = [
    [
      "Repository",
      href ? (
        <a key="repository" className="link" href={href} rel="noreferrer" target="_blank">
          {environment.repository.url}
        </a>
      ) : (
        environment.repository.url
      ),
    ],
    ["Ref", <code key="ref">{environment.ref}</code>],
    ["Path", <code key="path">{environment.path}</code>],
    [
      "Mode",
      environment.mode === "sync"
        ? "sync: the agent applies what Git says"
        : "observe: the agent only compares and reports",
    ],
    ["Renderer", environment.declared.renderer],
    ["Namespace", environment.declared.namespace ?? "as each object says"],
    [
      "Prune",
      environment.declared.prune ? "objects that Git drops are removed" : "objects that Git drops stay",
    ],
    [
      "Labels",
      Object.entries(environment.declared.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ") || "none",
    ],
  ];
  return (
    <div className="max-w-[720px]">
      <p className="mb-3 text-ink-2">
        Declared in the cluster by the agent’s Helm values, so it changes the way everything changes: by a
        commit. Nothing here can be set remotely.
      </p>
      <dl className="grid grid-cols-[120px_minmax(0,1fr)] gap-y-1.5 border-t border-line pt-3">
        {rows.map(([name, value]) => [
          <dt key={`${name}t`} className="text-ink-3">
            {name}
          </dt>,
          <dd key={`${name}d`} className="[overflow-wrap:anywhere]">
            {value}
          </dd>,
        ])}
      </dl>
    </div>
  );
}
