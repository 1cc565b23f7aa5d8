import type { ReactNode } from "react";
import { AlertsFrame } from "#components/alerts/alerts-frame.tsx";
import { notificationQueries } from "#components/alerts/notification-queries.ts";
import { alertQueries } from "#components/alerts/queries.ts";
import { Prefetched } from "#components/shell/prefetched.tsx";
import { listAlerts } from "#lib/alerts/list-alerts.ts";
import { listMutes } from "#lib/alerts/mutes.ts";
import { getContext } from "#lib/auth/viewer.ts";
import { listChannels } from "#lib/notifications/list-channels.ts";
import { listDeliveries } from "#lib/notifications/list-deliveries.ts";
import { listRules } from "#lib/notifications/rule-verbs.ts";
import { getOrganization } from "../../organization.ts";

export default async function AlertsLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const { org } = await params;
  const { name } = await getOrganization(org);
  const ctx = await getContext(org);
  const [alerts, pending, givenUp, channels, rules, mutes] = await Promise.all([
    listAlerts({ ctx }),
    listDeliveries({ ctx, input: { status: "pending" } }),
    listDeliveries({ ctx, input: { status: "given-up" } }),
    listChannels({ ctx }),
    listRules({ ctx }),
    listMutes({ ctx }),
  ]);
  const onePage = (page: unknown) => ({ pages: [page], pageParams: [null] });
  return (
    <Prefetched
      entries={[
        [alertQueries.list(org).queryKey, onePage(alerts)],
        [notificationQueries.deliveries(org, { status: "pending" }).queryKey, onePage(pending)],
        [notificationQueries.deliveries(org, { status: "given-up" }).queryKey, onePage(givenUp)],
        [notificationQueries.channels(org).queryKey, channels],
        [notificationQueries.rules(org).queryKey, rules],
        [alertQueries.mutes(org).queryKey, mutes],
      ]}
    >
      <AlertsFrame org={org} orgName={name}>
        {children}
      </AlertsFrame>
    </Prefetched>
  );
}
