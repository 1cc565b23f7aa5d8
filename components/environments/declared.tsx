import { Policy } from "#components/alerts/timing.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { duration, safeHref } from "#components/ui/format.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { declaredValues } from "./declared-values.ts";
import { windowWords } from "./window-words.ts";

/** What the cluster declares of this environment: read-only, because only Git changes it. */
export function Declared({
  org,
  environment,
  role,
}: {
  org: string;
  environment: EnvironmentDetail;
  role: Role;
}) {
  const values = declaredValues(environment);
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
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
      <section aria-labelledby="declared" className="min-w-0">
        <h2 id="declared" className="text-lg font-semibold tracking-[-0.01em]">
          Declared in the cluster
        </h2>
        <p className="mb-3 text-ink-2">
          By the agent’s Helm values, so it changes the way everything changes: by a commit. Nothing of it can
          be set from here.
        </p>
        <dl className="grid grid-cols-[104px_minmax(0,1fr)] gap-y-1.5 border-t border-line pt-3">
          {rows.map(([name, value]) => [
            <dt key={`${name}t`} className="text-ink-3">
              {name}
            </dt>,
            <dd key={`${name}d`} className="[overflow-wrap:anywhere]">
              {value}
            </dd>,
          ])}
        </dl>
      </section>
      <div className="flex min-w-0 flex-col gap-8">
        <section aria-labelledby="values" className="min-w-0">
          <h2 id="values" className="text-lg font-semibold tracking-[-0.01em]">
            To change it
          </h2>
          <p className="mb-3 text-ink-2">
            These are the values that declare it as it is. Edit yours where the agent’s release is kept, and
            commit.
          </p>
          <div className="relative rounded-lg border border-line bg-raised">
            <pre className="whitespace-pre-wrap [overflow-wrap:anywhere] px-3.5 py-3 leading-[20px]">
              {values}
            </pre>
            <CopyButton
              text={values}
              label="Copy the values"
              className="absolute right-1.5 top-1.5 bg-raised"
            />
          </div>
          <p className="mt-2 text-sm text-ink-3">
            Credentials, Helm values of its own, rules that ignore or mask, and how often Git is asked never
            leave the cluster: keep what you have of these.
          </p>
        </section>
        <section aria-labelledby="timing">
          <h2 id="timing" className="text-lg font-semibold tracking-[-0.01em]">
            When it is told
          </h2>
          <Policy org={org} environmentId={environment.id} role={role} />
        </section>
      </div>
    </div>
  );
}
