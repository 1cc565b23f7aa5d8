import { signOfHealth } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { plural } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { ChildStatus, ObjectEvent, ResourceStatus } from "#lib/protocol/object.ts";

/** What a workload made: its ReplicaSets and Pods, each with its health and the sentence behind it. */
export function ChildList({
  object,
  unwellOnly,
  className,
}: {
  object: Pick<ResourceStatus, "children" | "childrenLeft">;
  unwellOnly?: boolean;
  className?: string;
}) {
  const children = (object.children ?? []).filter(
    (child) => !unwellOnly || (child.kind === "Pod" && child.reason !== undefined),
  );
  if (children.length === 0) return null;
  return (
    <ul aria-label="What it made" className={cn("flex flex-col gap-1", className)}>
      {children.map((child) => (
        <ChildLine
          key={`${child.kind}/${child.name}`}
          child={child}
          inset={!unwellOnly && Boolean(child.parent)}
        />
      ))}
      {object.childrenLeft && (
        <li className="text-sm text-ink-3">and {object.childrenLeft} more that are not told</li>
      )}
    </ul>
  );
}

/** One of them. */
export function ChildLine({ child, inset }: { child: ChildStatus; inset?: boolean }) {
  return (
    <li className={cn("grid grid-cols-[16px_minmax(0,1fr)] gap-2", inset && "ml-5")}>
      <StateIcon sign={signOfHealth(child.health)} className="mt-0.5" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="text-ink-3">{child.kind}</span> {child.name}
        <span className="sr-only">: {child.health}</span>
        {child.restarts && <span className="text-ink-3">, {plural(child.restarts, "restart")}</span>}
        {child.reason && <span className="block text-sm text-ink-2">{child.reason}</span>}
      </span>
    </li>
  );
}

/** Kubernetes' warnings, newest first. */
export function EventList({ events, className }: { events: ObjectEvent[]; className?: string }) {
  return (
    <section aria-label="Events" className={className}>
      <h4 className="text-xs text-ink-3">Kubernetes warns</h4>
      <ul>
        {events.map((event) => (
          <li
            key={`${event.about}${event.reason}${event.at}${event.message}`}
            className="[overflow-wrap:anywhere]"
          >
            <b className="font-[550]">{event.reason || "Warning"}</b> {event.message}{" "}
            <span className="text-sm text-ink-3">
              {event.about}, <Time at={event.at} />
              {event.count > 1 && `, ${event.count} times`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
