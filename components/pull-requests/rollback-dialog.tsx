"use client";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { environmentQueries } from "#components/environments/queries.ts";
import { repositoryQueries } from "#components/repositories/queries.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, TextArea } from "#components/ui/field.tsx";
import { shortSha } from "#components/ui/format.ts";
import { Notice, Skeleton } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import type { HistoryEntry } from "#lib/environments/schemas.ts";
import { OpenRollbackInput, type RollbackKind } from "#lib/pull-requests/schemas.ts";
import { actionWords, PROMISE } from "./kind-words.ts";
import { openRollback, pullRequestQueries } from "./queries.ts";
import { Reaches } from "./reaches.tsx";
import { RollbackPreviewView } from "./rollback-preview.tsx";

type SyncEntry = Extract<HistoryEntry, { kind: "sync" }>;
type About = { id: string; name: string };
type Target = { revision: string; as?: RollbackKind };
/** A revision that was picked, or the wish to pick one. */
export type RollbackTarget = Target | "choose";

/** "Get us back": pick a revision that converged, see what Git will change, say why, one click. */
export function RollbackDialog({
  org,
  environment,
  target,
  onClose,
  onTarget,
}: {
  org: string;
  environment: About;
  target: RollbackTarget;
  onClose: () => void;
  /** Where another revision may be picked. */
  onTarget?: (target: RollbackTarget) => void;
}) {
  const chosen = target === "choose" ? null : target;
  const title =
    chosen &&
    actionWords({
      ...{ kind: chosen.as ?? "rollback", environment: environment.name },
      ...{ toRevision: chosen.revision, commitRevision: chosen.revision },
    });
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={
        chosen ? (
          <>
            {title?.before}
            <span className="mono text-lg">{title?.revision}</span>
            {title?.after}
          </>
        ) : (
          `Roll ${environment.name} back`
        )
      }
      description={
        chosen
          ? PROMISE[chosen.as ?? "rollback"]
          : "Pick a revision at which this environment converged. One that a rollback left is rolled forward to."
      }
    >
      {chosen ? (
        <Confirm
          org={org}
          environment={environment}
          target={chosen}
          onBack={onTarget && (() => onTarget("choose"))}
        />
      ) : (
        <Choose org={org} id={environment.id} onTarget={onTarget ?? (() => {})} />
      )}
    </Dialog>
  );
}

function Choose({
  org,
  id,
  onTarget,
}: {
  org: string;
  id: string;
  onTarget: (target: RollbackTarget) => void;
}) {
  const query = useInfiniteQuery(environmentQueries.history(org, id));
  const entries = (query.data?.pages ?? [])
    .flatMap((page) => page.entries)
    .filter((entry): entry is SyncEntry => entry.kind === "sync" && entry.canRollBack);
  const seen = new Set<string>();
  const unique = entries.filter((entry) => !seen.has(entry.revision) && seen.add(entry.revision));
  if (query.isError && !query.data) return <Notice tone="failed" title={query.error.message} />;
  if (!query.data) return <Skeleton className="h-40" />;
  return (
    <>
      {unique.length === 0 && (
        <p className="text-ink-2">
          There is no earlier revision at which this environment converged yet. Once it has converged at two
          revisions, the earlier one stands here.
        </p>
      )}
      <ul className="flex flex-col">
        {unique.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              onClick={() =>
                onTarget({ revision: entry.revision, as: entry.forward ? "forward" : "rollback" })
              }
              className="grid w-full grid-cols-[16px_64px_minmax(0,1fr)] items-center gap-x-3 rounded-md px-2 py-2 text-left hover:bg-sunken sm:grid-cols-[16px_64px_minmax(0,1fr)_auto]"
            >
              <StateIcon sign="converged" />
              <span className="mono">{shortSha(entry.revision)}</span>
              <span className="truncate">{entry.commit?.subject}</span>
              <span className="text-sm text-ink-3 max-sm:col-start-3">
                {entry.forward && "forward, "}
                {entry.commit?.author}, <Time at={entry.convergedAt ?? entry.at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button look="quiet" onClick={() => query.fetchNextPage()}>
          Earlier
        </Button>
      )}
    </>
  );
}

function Confirm({
  org,
  environment,
  target,
  onBack,
}: {
  org: string;
  environment: About;
  target: Target;
  onBack: (() => void) | undefined;
}) {
  const router = useRouter();
  const kind = target.as ?? "rollback";
  const preview = useQuery(pullRequestQueries.preview(org, environment.id, target.revision, kind));
  const [reason, setReason] = useState("");
  const [narrow, setNarrow] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const input = { toRevision: target.revision, kind, reason, narrow };
  const open = useMutation({
    mutationFn: () => openRollback(org, environment.id, input),
    onSuccess: (pull) => router.push(`/${org}/pull-requests/${pull.id}`),
  });
  const submit = () => {
    const parsed = OpenRollbackInput.safeParse(input);
    setProblem(parsed.success ? null : (parsed.error.issues[0]?.message ?? "Not valid."));
    if (parsed.success) open.mutate();
  };
  const impossible = !preview.data || preview.data.obstacles.length > 0 || preview.data.files.length === 0;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <RollbackPreviewView kind={kind} preview={preview.data} error={preview.error} />
      {preview.data && (
        <Reaches org={org} kind={kind} preview={preview.data} narrow={narrow} onNarrow={setNarrow} />
      )}
      <Field label="Why" hint="Stands in the pull request, in history and in the audit log." error={problem}>
        {(attributes) => (
          <TextArea
            {...attributes}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder={
              kind === "rollback" || kind === "revert"
                ? "p99 doubled after this change"
                : "The cause is mended"
            }
            maxLength={1000}
          />
        )}
      </Field>
      <OpenedAs org={org} />
      {open.isError && <Notice tone="failed" title={open.error.message} />}
      <div className="flex justify-between gap-2">
        {onBack ? (
          <Button look="quiet" onClick={onBack}>
            Another revision
          </Button>
        ) : (
          <span />
        )}
        <Button look="primary" type="submit" disabled={impossible || open.isPending}>
          {open.isPending ? "Opening…" : "Open pull request"}
        </Button>
      </div>
    </form>
  );
}

/** As whom GitHub will show it. */
function OpenedAs({ org }: { org: string }) {
  const { data: identity } = useQuery(repositoryQueries.identity(org));
  if (!identity) return null;
  const { login, problem, grants } = identity;
  return (
    <p className="text-sm text-ink-3">
      {login && !problem
        ? `It is opened as ${login} on GitHub.`
        : "It is opened by the App or token of its repository, and names you."}
      {(problem || !login) && grants && (
        <>
          {" "}
          <Link className="link" href={`/${org}/repositories#you`}>
            Open it as yourself
          </Link>
        </>
      )}
    </p>
  );
}
