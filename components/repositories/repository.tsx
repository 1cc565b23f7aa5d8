import { environmentHref } from "#components/environments/href.ts";
import { MoreEnvironments } from "#components/environments/more-environments.tsx";
import { EagerLink } from "#components/shell/eager-link.tsx";
import { signOf } from "#components/state/state.ts";
import { StateBadge, StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { safeHref } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { RepositoryRow } from "#lib/repositories/schemas.ts";

type Props = {
  org: string;
  row: RepositoryRow;
  index: number;
  onConnect: ((row: RepositoryRow) => void) | null;
};

/** One repository: whether pull requests work there, when it was heard of, and who reads what of it. */
export function Repository({ org, row, index, onConnect }: Props) {
  return (
    <li
      data-row={index}
      className="grid gap-x-8 gap-y-2 border-t border-line py-3.5 md:grid-cols-[minmax(0,320px)_minmax(0,1fr)_auto]"
    >
      <div className="min-w-0">
        <p className="truncate font-[550]">
          {safeHref(row.webUrl) ? (
            <a
              className="hover:underline"
              href={safeHref(row.webUrl)}
              target="_blank"
              rel="noreferrer"
              title={row.url}
            >
              {row.name}
            </a>
          ) : (
            <span title={row.url}>{row.name}</span>
          )}
        </p>
        <Connection row={row} />
        <p className="text-sm text-ink-3">
          {row.lastWebhookAt ? (
            <>
              last webhook <Time at={row.lastWebhookAt} />
            </>
          ) : (
            "no webhook yet: changes are noticed by polling"
          )}
        </p>
      </div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(210px,1fr))] content-start gap-x-5 gap-y-1.5">
        {row.environments.map((environment) => (
          <li key={environment.id} className="min-w-0">
            <EagerLink
              className="flex items-center gap-1.5 hover:underline"
              href={environmentHref(org, environment)}
            >
              <StateIcon sign={signOf(environment.state, environment.causes)} />
              <span className="truncate">
                {environment.name} <span className="text-ink-3">on {environment.cluster}</span>
              </span>
            </EagerLink>
            <span
              className="mono block truncate pl-[22px] text-xs text-ink-3"
              title={`${environment.ref}:${environment.path}`}
            >
              {environment.ref}:{environment.path}
            </span>
          </li>
        ))}
        {row.environmentCount > row.environments.length && (
          <li>
            <MoreEnvironments org={org} by="repository" row={row} />
          </li>
        )}
      </ul>
      <div>
        {onConnect && (
          <Button
            look={row.connection === "failing" ? "plain" : "quiet"}
            className="max-md:-ml-3"
            onClick={() => onConnect(row)}
          >
            {row.connection === "none" ? "Connect by token…" : "Replace by a token…"}
          </Button>
        )}
      </div>
    </li>
  );
}

function Connection({ row }: { row: RepositoryRow }) {
  if (row.connection === "connected") return <StateBadge sign="converged" word="Pull requests work" />;
  if (row.connection === "none") return <StateBadge sign="unknown" word="No pull requests yet" />;
  return (
    <>
      <StateBadge sign="failed" word="Refused" />
      {row.connectionMessage && (
        <p className="text-sm text-failed [overflow-wrap:anywhere]">{row.connectionMessage}</p>
      )}
    </>
  );
}
