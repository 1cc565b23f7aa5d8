"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { MuteButton, MutedBadge } from "#components/alerts/mute-control.tsx";
import { useCommands } from "#components/keyboard/commands.ts";
import { PlumbFigure } from "#components/plumb-line/plumb-figure.tsx";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { PageHead } from "#components/shell/page-head.tsx";
import { SIGNS } from "#components/state/state.ts";
import { suspensionSituation } from "#components/suspensions/situation.ts";
import { Button } from "#components/ui/button.tsx";
import { useMarked } from "#components/ui/marked.ts";
import { Clock } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { Facts, Problems } from "./environment-facts.tsx";
import { environmentSentence } from "./environment-sentence.ts";
import { EnvironmentTabs } from "./environment-tabs.tsx";
import { environmentQueries, lookNow } from "./queries.ts";
import { Situation } from "./situation.tsx";

const RollbackDialog = dynamic(
  () => import("#components/pull-requests/rollback-dialog.tsx").then((module) => module.RollbackDialog),
  { ssr: false },
);
const SuspendDialog = dynamic(
  () => import("#components/suspensions/suspend-dialog.tsx").then((module) => module.SuspendDialog),
  { ssr: false },
);

// What few environments have, and the page of the others need not load.
const HeldBanner = dynamic(() =>
  import("#components/pull-requests/held-banner.tsx").then((module) => module.HeldBanner),
);
const SuspensionBanner = dynamic(() =>
  import("#components/suspensions/suspension-banner.tsx").then((module) => module.SuspensionBanner),
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
        title={<Sentence environment={environment} />}
        actions={
          mayAct && (
            <Actions
              org={org}
              environment={environment}
              looking={look.isPending ? "asking" : look.isSuccess ? "asked" : null}
              onLook={() => look.mutate()}
              onSuspend={() => setSuspending(true)}
              onRollBack={() => setTarget("choose")}
            />
          )
        }
      >
        <Situation org={org} environment={environment} />
        <MutedBadge org={org} id={id} mayAct={mayAct} />
      </PageHead>
      {suspensionSituation(environment).kind !== "none" && (
        <div className="mt-4">
          <SuspensionBanner org={org} environment={environment} mayAct={mayAct} />
        </div>
      )}
      {environment.held && <HeldBanner org={org} environment={environment} mayAct={mayAct} />}
      <Problems org={org} environment={environment} stale={query.isError} />
      <Facts org={org} environment={environment} />
      <PlumbFigure org={org} environment={environment} />
      <EnvironmentTabs
        org={org}
        environment={environment}
        role={role}
        onRollBack={mayAct ? setTarget : undefined}
      />
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

function Sentence({ environment }: { environment: EnvironmentDetail }) {
  const parts = environmentSentence(environment);
  const marked = useMarked<HTMLSpanElement>(parts);
  return (
    <span ref={marked} className="rounded-sm box-decoration-clone">
      {parts.map((part, index) =>
        part.at === undefined ? (
          <span key={index} style={part.sign ? { color: SIGNS[part.sign].color } : undefined}>
            {part.text}
          </span>
        ) : (
          <Clock key={index} at={part.at} />
        ),
      )}
    </span>
  );
}

function Actions({
  org,
  environment,
  looking,
  onLook,
  onSuspend,
  onRollBack,
}: {
  org: string;
  environment: EnvironmentDetail;
  looking: "asking" | "asked" | null;
  onLook: () => void;
  onSuspend: () => void;
  onRollBack: () => void;
}) {
  const { id, name, cluster } = environment;
  return (
    <>
      <Button onClick={onLook} disabled={looking === "asking"} title="Ask the agent to look at Git at once">
        {looking === "asked" ? "Asked" : "Look now"}
      </Button>
      <MuteButton org={org} about={{ id, name, cluster: cluster.name }} />
      {environment.mode === "sync" && (
        <Button onClick={onSuspend}>{environment.suspension ? "Suspend longer…" : "Suspend…"}</Button>
      )}
      <Button look="primary" onClick={onRollBack}>
        Roll back…
      </Button>
    </>
  );
}
