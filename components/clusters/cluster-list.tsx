"use client";
import { useQuery } from "@tanstack/react-query";
import { environmentHref } from "#components/environments/href.ts";
import { MoreEnvironments } from "#components/environments/more-environments.tsx";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { EagerLink } from "#components/shell/eager-link.tsx";
import { PageHead } from "#components/shell/page-head.tsx";
import { signOf } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { useInParts } from "#components/ui/in-parts.ts";
import { Empty } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { Role } from "#lib/organizations/schemas.ts";
import { ClusterStatus, kubernetesWords } from "./cluster-status.tsx";
import { clustersSentence } from "./clusters-sentence.ts";
import { clusterQueries } from "./queries.ts";

/** Every cluster, when its agent was last heard, and what it watches. */
export function ClusterListPage({ org, orgName, role }: { org: string; orgName: string; role: Role }) {
  const query = useQuery(clusterQueries.list(org));
  const clusters = query.data?.clusters;
  const drawn = useInParts(clusters);
  const list = useListKeys<HTMLUListElement>();
  const connect =
    role === "viewer" ? null : (
      <Button look="primary" asChild>
        <EagerLink href={`/${org}/clusters/connect`}>Connect a cluster</EagerLink>
      </Button>
    );
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Clusters" }]}
        title={clusters ? clustersSentence(clusters) : "Clusters"}
        actions={connect}
      />
      {!clusters && (
        <div className="mt-6">
          <Waiting query={query} rows={2} className="h-14" />
        </div>
      )}
      {clusters?.length === 0 && (
        <div className="mt-6">
          <Empty title="One line connects a cluster" action={connect}>
            Each cluster runs one agent that dials out to Plumbline. It needs no open port, and no credential
            leaves the cluster: name it, run one line of Helm, and its environments appear here by themselves.
          </Empty>
        </div>
      )}
      {clusters && clusters.length > 0 && (
        <ul ref={list} className="mt-5 border-t border-line">
          {drawn?.map((cluster, index) => (
            <li
              key={cluster.id}
              data-row={index}
              className="relative grid items-center gap-x-6 gap-y-1 border-b border-line py-3 hover:bg-sunken md:grid-cols-[220px_150px_220px_minmax(0,1fr)]"
            >
              <span>
                <EagerLink
                  href={`/${org}/clusters/${cluster.id}`}
                  className="font-[550] after:absolute after:inset-0"
                >
                  {cluster.name}
                </EagerLink>
                <span className="block text-sm text-ink-3">
                  {plural(cluster.environmentCount, "environment")}
                </span>
              </span>
              <span>
                <ClusterStatus cluster={cluster} />
                {cluster.lacks.length > 0 && (
                  <span className="block text-sm text-unknown">
                    may not read {plural(cluster.lacks.length, "kind")}
                  </span>
                )}
              </span>
              <span className="text-sm text-ink-3">
                {cluster.kubernetesVersion ? (
                  <>
                    {kubernetesWords(cluster)}
                    <br />
                    agent {cluster.agentVersion}, heard{" "}
                    {cluster.lastSeenAt ? <Time at={cluster.lastSeenAt} /> : "never"}
                  </>
                ) : (
                  "its agent has not said hello yet"
                )}
              </span>
              <span className="flex flex-wrap gap-x-4 gap-y-1">
                {cluster.environments.map((environment) => (
                  <EagerLink
                    key={environment.id}
                    href={environmentHref(org, { name: environment.name, cluster: cluster.name })}
                    className="relative z-10 flex items-center gap-1.5 hover:underline"
                  >
                    <StateIcon sign={signOf(environment.state, environment.causes)} />
                    {environment.name}
                  </EagerLink>
                ))}
                <MoreEnvironments org={org} by="cluster" row={cluster} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
