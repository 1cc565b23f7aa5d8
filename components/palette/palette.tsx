"use client";
import { useQuery } from "@tanstack/react-query";
import { Command as Cmdk } from "cmdk";
import { usePathname, useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { useDeferredValue, useState } from "react";
import { runOnceOffered, useOfferedCommands } from "#components/keyboard/commands.ts";
import { Kbd } from "#components/keyboard/kbd.tsx";
import { PLACES } from "#components/shell/places.ts";
import type { Viewer } from "#lib/organizations/schemas.ts";
import { actionItems, type EnvironmentVerb, pageItems } from "./actions.ts";
import { foundGroups, type Group, holds, type Item } from "./items.tsx";
import { searchQueries } from "./queries.ts";
import { readVisits } from "./recent.ts";

/** Anything, by name: where one was, what there is, and what can be done. */
export function Palette({ org, viewer, onClose }: { org: string; viewer: Viewer; onClose: () => void }) {
  const router = useRouter();
  const path = usePathname();
  const [text, setText] = useState("");
  const [verb, setVerb] = useState<EnvironmentVerb | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const [visits] = useState(() => readVisits(org).filter(({ href }) => href !== path));
  const offered = useOfferedCommands();
  const found = useQuery(searchQueries.text(org, useDeferredValue(text.trim())));

  const role = viewer.organization?.role ?? "viewer";
  const act = (next: EnvironmentVerb) => {
    setVerb(next);
    setText("");
    setPicked(null);
  };
  const recent: Item[] = visits
    .filter(({ href }) => !verb || href.startsWith(`/${org}/environments/`))
    .map(({ href, name, within }) => ({ id: `recent ${href}`, name, detail: within, href }));
  const places: Item[] = PLACES.map(({ name, path: to, key }) => ({
    id: `place ${name}`,
    name,
    keys: `g ${key}`,
    href: `/${org}${to}`,
  }));
  const own = (items: Item[]) => items.filter((item) => holds(String(item.name), text.trim()));
  const results = text.trim() && found.data ? foundGroups(org, found.data) : [];
  const groups: Group[] = (
    verb
      ? [{ heading: "Recent environments", items: text ? [] : recent.slice(0, 8) }, ...results.slice(0, 1)]
      : [
          { heading: "Recent", items: text ? [] : recent.slice(0, 5) },
          { heading: "This page", items: own(pageItems(offered)) },
          ...results.slice(0, 1),
          { heading: "Go to", items: own(places) },
          { heading: "Do", items: own(actionItems({ org, role, offered, act })) },
          ...results.slice(1),
        ]
  ).filter(({ items }) => items.length > 0);
  const all = groups.flatMap(({ items }) => items);
  // The first line is chosen until somebody chooses another one, whatever arrives later.
  const chosen = all.some(({ id }) => id === picked) ? picked! : (all[0]?.id ?? "");

  const choose = (item: Item) => {
    if (item.stays) return item.run?.();
    onClose();
    if (verb?.run && item.environment) return verb.run(item.environment);
    item.run?.();
    if (item.href) router.push(item.href);
    if (verb) runOnceOffered(verb.does);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#0b0d1066]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[max(12px,10vh)] z-50 mx-auto flex max-h-[min(560px,80vh)] max-w-[640px] flex-col overflow-hidden rounded-lg border border-line-strong bg-paper outline-none"
        >
          <Dialog.Title className="sr-only">Find or do anything</Dialog.Title>
          <Cmdk
            shouldFilter={false}
            loop
            label="Find or do anything"
            value={chosen}
            onValueChange={setPicked}
            className="flex min-h-0 flex-col"
          >
            <div className="flex items-center gap-2 border-b border-line px-4">
              {verb && <span className="shrink-0 font-[550]">{verb.does}</span>}
              <Cmdk.Input
                value={text}
                onValueChange={(value) => {
                  setText(value);
                  setPicked(null);
                }}
                onKeyDown={(event) => {
                  if (event.key === "Backspace" && text === "" && verb) setVerb(null);
                }}
                maxLength={200}
                placeholder={
                  verb ? "Which environment?" : "Find an environment, resource, commit, page or action"
                }
                className="h-11 w-full bg-transparent outline-none placeholder:text-ink-3"
              />
              {found.isFetching && <span className="breathe text-sm text-ink-3">looking</span>}
            </div>
            <Cmdk.List className="min-h-0 flex-1 scroll-py-2 overflow-y-auto overscroll-contain px-2 pb-2 empty:hidden">
              {groups.map((group) => (
                <Cmdk.Group
                  key={group.heading}
                  heading={group.heading}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
                >
                  {group.items.map((item) => (
                    <Line key={item.id} item={item} onSelect={() => choose(item)} />
                  ))}
                </Cmdk.Group>
              ))}
            </Cmdk.List>
            {all.length === 0 && (
              <Nothing text={text.trim()} asking={found.isFetching} failed={found.isError} />
            )}
          </Cmdk>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Line({ item, onSelect }: { item: Item; onSelect: () => void }) {
  return (
    <Cmdk.Item
      value={item.id}
      onSelect={onSelect}
      className="flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2 py-1 data-[selected=true]:bg-sunken"
    >
      {item.icon && <span className="flex w-4 shrink-0 justify-center">{item.icon}</span>}
      <span className="min-w-0 flex-1 truncate">{item.name}</span>
      {item.detail && (
        <span className="min-w-0 max-w-[50%] shrink truncate text-right text-sm text-ink-3">
          {item.detail}
        </span>
      )}
      {item.keys && <Kbd keys={item.keys} className="shrink-0 max-sm:hidden" />}
    </Cmdk.Item>
  );
}

function Nothing({ text, asking, failed }: { text: string; asking: boolean; failed: boolean }) {
  return (
    <p role="status" className="px-4 py-6 text-ink-2">
      {failed
        ? "Plumbline did not answer, so only pages and actions are found. It is asked again as you type."
        : asking
          ? "Looking…"
          : text
            ? `Nothing here is called “${text}”. Words may stand in any order; a revision is found by its first four characters.`
            : "Type a part of its name."}
    </p>
  );
}
