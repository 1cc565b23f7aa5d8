"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { MoreEnvironments } from "#components/environments/more-environments.tsx";
import { EagerLink } from "#components/shell/eager-link.tsx";
import { PageHead } from "#components/shell/page-head.tsx";
import { signOf } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { ClusterDetail, ConnectClusterResult } from "#lib/clusters/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { ClusterStatus, kubernetesWords } from "./cluster-status.tsx";
import { Install } from "./connect.tsx";
import { agentLogs } from "./install-command.ts";
import { Lacks } from "./lacks.tsx";
import { clusterQueries, removeCluster, revokeToken, rotateToken } from "./queries.ts";

/** One cluster: its agent, its tokens, its environments. */
export function ClusterPage({
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
  const query = useQuery(clusterQueries.detail(org, id));
  const [fresh, setFresh] = useState<ConnectClusterResult | null>(null);
  const cluster = query.data;
  if (!cluster) return <Waiting query={query} rows={1} className="h-60" />;
  return (
    <>
      <PageHead
        crumbs={[
          { name: orgName, href: `/${org}` },
          { name: "Clusters", href: `/${org}/clusters` },
          { name: cluster.name },
        ]}
        title={
          {
            waiting: `${cluster.name} has not said hello yet.`,
            connected: `${cluster.name} is connected.`,
            silent: `${cluster.name} is silent; it keeps converging by itself.`,
          }[cluster.status]
        }
        actions={<ClusterStatus cluster={cluster} />}
      >
        {cluster.kubernetesVersion && (
          <>
            {kubernetesWords(cluster)}, agent {cluster.agentVersion}.{" "}
          </>
        )}
        {cluster.lastSeenAt && (
          <>
            Heard <Time at={cluster.lastSeenAt} />.
          </>
        )}
        <NextStep status={cluster.status} />
      </PageHead>
      {cluster.invalid.map((problem) => (
        <Notice
          key={problem.name}
          tone="failed"
          title={`The declaration of ${problem.name} cannot be used.`}
          className="mt-4"
        >
          <p>{problem.message}</p>
        </Notice>
      ))}
      <Lacks cluster={cluster} />
      <h2 className="mb-2 mt-7 font-[550]">Environments</h2>
      {cluster.environments.length === 0 ? (
        <p className="text-ink-2">
          None yet. They are declared in the agent’s Helm values and appear by themselves.
        </p>
      ) : (
        <ul className="border-t border-line">
          {cluster.environments.map((environment) => (
            <li
              key={environment.id}
              className="flex items-center justify-between gap-2 border-b border-line py-2"
            >
              <EagerLink
                className="font-[550] hover:underline"
                href={environmentHref(org, { name: environment.name, cluster: cluster.name })}
              >
                {environment.name}
              </EagerLink>
              <StateBadge sign={signOf(environment.state, environment.causes)} />
            </li>
          ))}
          {cluster.environmentCount > cluster.environments.length && (
            <li className="py-2">
              <MoreEnvironments org={org} by="cluster" row={cluster} />
            </li>
          )}
        </ul>
      )}
      <Tokens org={org} cluster={cluster} role={role} onFresh={setFresh} />
      {fresh && (
        <Dialog
          open
          wide
          onOpenChange={(open) => !open && setFresh(null)}
          title={`A new token for ${cluster.name}`}
          description="The old one works until it is revoked, so the agent never has to stop."
        >
          <Install org={org} name={cluster.name} result={fresh} />
        </Dialog>
      )}
    </>
  );
}

/** What to do about an agent that is not heard. */
function NextStep({ status }: { status: ClusterDetail["status"] }) {
  if (status === "connected") return null;
  return (
    <>
      {status === "waiting"
        ? " Run the line that connects it; where it is lost, rotate the token for another. If it ran, what the agent says tells why: "
        : " Whether it runs, and what keeps it from here, its own words tell: "}
      <code className="[overflow-wrap:anywhere]">{agentLogs}</code>
    </>
  );
}

function Tokens({
  org,
  cluster,
  role,
  onFresh,
}: {
  org: string;
  cluster: ClusterDetail;
  role: Role;
  onFresh: (result: ConnectClusterResult) => void;
}) {
  const client = useQueryClient();
  const router = useRouter();
  const refresh = () => client.invalidateQueries({ queryKey: [org, "clusters"] });
  const rotate = useMutation({
    mutationFn: () => rotateToken(org, cluster.id),
    onSuccess: (result) => {
      onFresh(result);
      return refresh();
    },
  });
  const revoke = useMutation({
    mutationFn: (tokenId: string) => revokeToken(org, cluster.id, tokenId),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => removeCluster(org, cluster.id),
    onSuccess: () => {
      void refresh();
      router.push(`/${org}/clusters`);
    },
  });
  const [confirm, setConfirm] = useState(false);
  const error = rotate.error ?? revoke.error ?? remove.error;
  return (
    <>
      <div className="mb-2 mt-7 flex items-center justify-between">
        <h2 className="font-[550]">Tokens</h2>
        {role === "admin" && (
          <Button onClick={() => rotate.mutate()} disabled={rotate.isPending}>
            Rotate…
          </Button>
        )}
      </div>
      {error && <Notice tone="failed" title={error.message} className="mb-2" />}
      <ul className="border-t border-line">
        {cluster.tokens.map((token) => (
          <li
            key={token.id}
            className="flex flex-wrap items-center justify-between gap-2 border-b border-line py-2"
          >
            <span>
              <code>…{token.ending}</code>{" "}
              <span className="text-ink-3">
                made <Time at={token.createdAt} /> by {token.createdBy}
                {token.lastUsedAt ? (
                  <>
                    , used <Time at={token.lastUsedAt} />
                  </>
                ) : (
                  ", never used"
                )}
              </span>
            </span>
            {token.revokedAt ? (
              <span className="text-ink-3">
                revoked <Time at={token.revokedAt} />
              </span>
            ) : (
              role === "admin" && (
                <Button look="danger" onClick={() => revoke.mutate(token.id)} disabled={revoke.isPending}>
                  Revoke
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
      {role === "admin" && (
        <div className="mt-8">
          <Button look="danger" onClick={() => setConfirm(true)}>
            Forget this cluster…
          </Button>
          <Dialog
            open={confirm}
            onOpenChange={setConfirm}
            title={`Forget ${cluster.name}?`}
            description="Its tokens stop working and its environments and history disappear from here. Nothing in the cluster changes."
          >
            <div className="flex justify-end gap-2">
              <Button onClick={() => setConfirm(false)}>Keep it</Button>
              <Button look="danger" onClick={() => remove.mutate()} disabled={remove.isPending}>
                Forget it
              </Button>
            </div>
          </Dialog>
        </div>
      )}
    </>
  );
}
