import { duration, safeHref } from "#components/ui/format.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import { windowWords } from "./window-words.ts";

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
      "Depends on",
      environment.declared.dependsOn.length > 0
        ? `${environment.declared.dependsOn.join(", ")}: applied once ${environment.declared.dependsOn.length === 1 ? "it has" : "they have"} converged`
        : "nothing",
    ],
    [
      "Applied as",
      environment.declared.serviceAccount ? (
        <>
          service account <code>{environment.declared.serviceAccount}</code>, with no more than its rights
        </>
      ) : (
        "the agent itself"
      ),
    ],
    [
      "Windows",
      environment.declared.windows.length === 0
        ? "none: applied at any time"
        : environment.declared.windows.map((window) => (
            <span key={`${window.kind}${window.schedule}${window.timezone}`} className="block">
              {windowWords(window)}
              {window.reason && <span className="text-ink-3">, “{window.reason}”</span>}
            </span>
          )),
    ],
    [
      "Progress",
      `objects have ${duration(environment.declared.progressDeadlineMs)} to become healthy before a sync has failed`,
    ],
    [
      "Suspending",
      environment.declared.remoteSuspend
        ? "people may suspend it from here"
        : "only by the declaration (remoteSuspend: false)",
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
