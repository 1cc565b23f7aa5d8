"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { MuteButton, MutedBadge } from "#components/alerts/mute-control.tsx";
import { useCommands } from "#components/keyboard/commands.ts";
import { PlumbFigure } from "#components/plumb-line/plumb-figure.tsx";
import { HeldBanner } from "#components/pull-requests/held-banner.tsx";
import { PullRequestTable } from "#components/pull-requests/pull-request-table.tsx";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { PageHead } from "#components/shell/page-head.tsx";
import { SIGNS } from "#components/state/state.ts";
import { SuspensionBanner } from "#components/suspensions/suspension-banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { Role } from "#lib/organizations/schemas.ts";
import { Declared } from "./declared.tsx";
import { Divergence } from "./divergence.tsx";
import { Facts, Problems, Situation } from "./environment-facts.tsx";
import { environmentSentence } from "./environment-sentence.ts";
import { History } from "./history.tsx";
import { environmentQueries, lookNow } from "./queries.ts";
import { Resources } from "./resources.tsx";

// Loaded when they are opened.
const SuspendDialog = dynamic(
  () => import("#components/suspensions/suspend-dialog.tsx").then((module) => module.SuspendDialog),
  { ssr: false },
);
const RollbackDialog = dynamic(
  () => import("#components/pull-requests/rollback-dialog.tsx").then((module) => module.RollbackDialog),
  { ssr: false },
);

/** One environment: the sentence that answers, the plumb line, and the evidence. */
export function EnvironmentPage({
  org,
  orgName,
  id,
  role,
}: {
  org: string;
  orgName: string;
  id: string;
  role: Role;
}) {
  const query = useQuery(environmentQueries.detail(org, id));
  const [target, setTarget] = useState<RollbackTarget | null>(null);
  const [suspending, setSuspending] = useState(false);
  const [tab, setTab] = useState("divergence");
  const look = useMutation({ mutationFn: () => lookNow(org, id) });
  const environment = query.data;
  useCommands([
    ...(role === "viewer" || !environment
      ? []
      : [
          { does: "Look now", group: "This page" as const, run: () => look.mutate() },
          { does: "Roll back…", group: "This page" as const, run: () => setTarget("choose") },
        ]),
    ...(role === "viewer" || environment?.mode !== "sync"
      ? []
      : [{ does: "Suspend…", group: "This page" as const, run: () => setSuspending(true) }]),
  ]);
  if (!environment) return <Waiting query={query} rows={1} className="h-60" />;
  const mayAct = role !== "viewer";
  return (
    <>
      <PageHead
        crumbs={[
          { name: orgName, href: `/${org}` },
          { name: environment.cluster.name, href: `/${org}/clusters/${environment.cluster.id}` },
          { name: environment.name },
        ]}
        title={environmentSentence(environment).map((part, index) => (
          <span key={index} style={part.sign ? { color: SIGNS[part.sign].color } : undefined}>
            {part.text}
          </span>
        ))}
        actions={
          mayAct && (
            <>
              <Button
                onClick={() => look.mutate()}
                disabled={look.isPending}
                title="Ask the agent to look at Git at once"
              >
                {look.isSuccess ? "Asked" : "Look now"}
              </Button>
              <MuteButton
                org={org}
                about={{ id, name: environment.name, cluster: environment.cluster.name }}
              />
              {environment.mode === "sync" && (
                <Button onClick={() => setSuspending(true)}>
                  {environment.suspension ? "Suspend longer…" : "Suspend…"}
                </Button>
              )}
              <Button look="primary" onClick={() => setTarget("choose")}>
                Roll back…
              </Button>
            </>
          )
        }
      >
        <Situation environment={environment} />
        <MutedBadge org={org} id={id} mayAct={mayAct} />
      </PageHead>
      <div className="mt-4 empty:hidden">
        <SuspensionBanner org={org} environment={environment} mayAct={mayAct} />
      </div>
      <HeldBanner org={org} environment={environment} mayAct={mayAct} />
      <Problems environment={environment} stale={query.isError} />
      <Facts org={org} environment={environment} />
      <PlumbFigure
        episodes={environment.episodes}
        marks={environment.marks}
        unknown={environment.state === "Unknown"}
        onSelect={() => setTab("history")}
      />
      <Tabs.Root value={tab} onValueChange={setTab} className="mt-6">
        <Tabs.List className="flex gap-[22px] overflow-x-auto border-b border-line" aria-label="Evidence">
          {(
            [
              ["divergence", "Divergence", environment.divergent.length],
              ["resources", "Resources", environment.resourceCount],
              ["history", "History", 0],
              ["pull-requests", "Pull requests", environment.openPullRequest ? 1 : 0],
              ["settings", "Settings", 0],
            ] as const
          ).map(([value, name, count]) => (
            <Tabs.Trigger
              key={value}
              value={value}
              className="-mb-px whitespace-nowrap border-b-2 border-transparent py-2 text-ink-2 hover:text-ink data-[state=active]:border-ink focus-visible:outline-offset-[-2px] data-[state=active]:font-[550] data-[state=active]:text-ink"
            >
              {name}
              {count > 0 && ` ${count}`}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content
          value="divergence"
          className="mt-[18px] grid gap-7 outline-none lg:grid-cols-[minmax(0,1fr)_312px]"
        >
          <Divergence environment={environment} />
          <aside aria-label="Recent history">
            <History org={org} id={id} limit={6} onRollBack={mayAct ? setTarget : undefined} />
          </aside>
        </Tabs.Content>
        <Tabs.Content value="resources" className="mt-[18px] outline-none">
          <Resources org={org} id={id} />
        </Tabs.Content>
        <Tabs.Content value="history" className="mt-[18px] max-w-[860px] outline-none">
          <History
            org={org}
            id={id}
            onRollBack={mayAct ? setTarget : undefined}
            environment={{ name: environment.name, cluster: environment.cluster.name }}
          />
        </Tabs.Content>
        <Tabs.Content value="pull-requests" className="mt-[18px] outline-none">
          <PullRequestTable org={org} environmentId={id} />
        </Tabs.Content>
        <Tabs.Content value="settings" className="mt-[18px] outline-none">
          <Declared environment={environment} />
        </Tabs.Content>
      </Tabs.Root>
      {suspending && (
        <SuspendDialog org={org} environment={environment} onClose={() => setSuspending(false)} />
      )}
      {target && (
        <RollbackDialog
          org={org}
          environment={environment}
          target={target}
          onClose={() => setTarget(null)}
          onTarget={setTarget}
        />
      )}
    </>
  );
}
