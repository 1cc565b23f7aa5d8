"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { environmentHref } from "#components/environments/href.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { signOf } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Field, formValues, Input } from "#components/ui/field.tsx";
import type { ConnectClusterInput, ConnectClusterResult } from "#lib/clusters/schemas.ts";
import { kubernetesWords } from "./cluster-status.tsx";
import { agentLogs, installCommand } from "./install-command.ts";
import { clusterQueries, connectCluster } from "./queries.ts";

/** First value in two minutes: a name, one line to run, and a page that turns green by itself. */
export function ConnectCluster({ org, orgName }: { org: string; orgName: string }) {
  const connect = useMutation({ mutationFn: (input: ConnectClusterInput) => connectCluster(org, input) });
  const name = connect.variables?.name ?? "";
  return (
    <>
      <PageHead
        crumbs={[
          { name: orgName, href: `/${org}` },
          { name: "Clusters", href: `/${org}/clusters` },
          { name: "Connect" },
        ]}
        title={connect.data ? `Run one line in ${name}` : "Connect a cluster"}
      >
        {connect.data
          ? "The agent dials out from your cluster; Plumbline holds no credential for it and cannot change it."
          : "An agent in the cluster compares it with Git and reports here over HTTPS. It starts by observing only."}
      </PageHead>
      {connect.data ? (
        <Install org={org} name={name} result={connect.data} />
      ) : (
        <form
          method="post"
          className="mt-6 flex max-w-[420px] flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            connect.mutate(formValues(event.currentTarget) as ConnectClusterInput);
          }}
        >
          <Field
            label="Name of the cluster"
            hint="As your team calls it; it stands in addresses."
            error={connect.error?.message.replace(/^name: /, "")}
          >
            {(attributes) => <Input {...attributes} name="name" placeholder="eu-west-1-prod" autoFocus />}
          </Field>
          <div>
            <Button look="primary" type="submit" disabled={connect.isPending}>
              {connect.isPending ? "Making a token…" : "Continue"}
            </Button>
          </div>
        </form>
      )}
    </>
  );
}

const EXAMPLE_VALUES = `environments:
  - name: production
    repository:
      url: https://github.com/your-team/fleet
      ref: main
    path: environments/production
    mode: observe
`;

export function Install({ org, name, result }: { org: string; name: string; result: ConnectClusterResult }) {
  const command = installCommand(result);
  return (
    <div className="mt-6 flex max-w-[860px] flex-col gap-4">
      <div className="relative rounded-lg border border-line bg-raised">
        <pre className="whitespace-pre-wrap [overflow-wrap:anywhere] p-4 pr-10 leading-[20px]">{command}</pre>
        <CopyButton text={command} label="Copy the command" className="absolute right-2 top-2 bg-raised" />
      </div>
      <p className="text-ink-2">
        The token{" "}
        <code data-testid="agent-token" className="[overflow-wrap:anywhere]">
          {result.token}
        </code>{" "}
        is shown this once. Environments are declared in the chart’s values; they appear here by themselves.
      </p>
      <details className="rounded-lg border border-line">
        <summary className="px-4 py-2.5 text-ink-2">How an environment is declared</summary>
        <div className="relative border-t border-line bg-raised">
          <pre className="whitespace-pre-wrap [overflow-wrap:anywhere] p-4 pr-10 leading-[20px]">
            {EXAMPLE_VALUES}
          </pre>
          <CopyButton
            text={EXAMPLE_VALUES}
            label="Copy the example"
            className="absolute right-2 top-2 bg-raised"
          />
        </div>
        <p className="border-t border-line px-4 py-2.5 text-ink-2">
          Keep it in Git as <code>values.yaml</code> and add <code>-f values.yaml</code> to the line above.
          Mode <code>observe</code> only compares; <code>sync</code> also applies.
        </p>
      </details>
      <Waiting org={org} id={result.clusterId} name={name} />
    </div>
  );
}

/** Waits live for the agent's hello. */
function Waiting({ org, id, name }: { org: string; id: string; name: string }) {
  const query = useQuery({ ...clusterQueries.detail(org, id), refetchInterval: 5_000 });
  const cluster = query.data;
  if (!cluster || cluster.status === "waiting")
    return (
      <div className="rounded-lg border border-line px-4 py-3 text-ink-2">
        <p role="status" className="flex items-center gap-2">
          <StateIcon sign="converging" className="breathe" /> Waiting for the agent of {name} to say hello…
        </p>
        <p className="mt-1 pl-6 text-sm text-ink-3">
          Most do within a minute. What an agent says that does not:{" "}
          <code className="[overflow-wrap:anywhere]">{agentLogs}</code>
        </p>
      </div>
    );
  return (
    <div role="status" className="rounded-lg border border-ok px-4 py-3">
      <p className="flex items-center gap-2 font-[550] text-ok">
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path
            d="M3 8.5l3.5 3.5L13 5"
            stroke="currentColor"
            strokeWidth="2"
            fill="none"
            strokeLinecap="round"
          />
        </svg>
        {name} is connected: agent {cluster.agentVersion}, {kubernetesWords(cluster)}.
      </p>
      {cluster.environments.length === 0 ? (
        <p className="mt-1 text-ink-2">
          It declares no environment yet. Add one to the chart’s values and it appears here.
        </p>
      ) : (
        <ul className="mt-2 flex flex-col gap-1">
          {cluster.environments.map((environment) => (
            <li key={environment.id} className="flex items-center gap-2">
              <StateIcon sign={signOf(environment.state, environment.causes)} />
              <Link className="link" href={environmentHref(org, { name: environment.name, cluster: name })}>
                {environment.name}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
