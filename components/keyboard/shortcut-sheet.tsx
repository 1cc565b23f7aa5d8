"use client";
import { useState } from "react";
import { Dialog } from "#components/ui/dialog.tsx";
import { type Command, setSingleKeys, singleKeysOn, useOfferedCommands } from "./commands.ts";
import { Kbd } from "./kbd.tsx";

const GROUPS: Command["group"][] = ["This page", "Lists", "Go to", "Everywhere"];

/** What the keys do on this page, made from what is offered on it. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const offered = useOfferedCommands();
  const [single, setSingle] = useState(singleKeysOn);
  // A key that two lists of a page share is told once.
  const byKeys = new Map(offered.filter(({ keys }) => keys).map((command) => [command.keys, command]));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keys"
      description="On this page. They do nothing while you type."
      wide
    >
      <div className="gap-x-10 sm:columns-2">
        {GROUPS.map((group) => {
          const commands = [...byKeys.values()].filter((command) => command.group === group);
          if (commands.length === 0) return null;
          return (
            <section key={group} className="mb-5 break-inside-avoid">
              <h3 className="mb-1 text-xs font-medium text-ink-3">{group}</h3>
              <dl>
                {commands.map(({ keys, does }) => (
                  <div
                    key={keys}
                    className="flex items-center justify-between gap-6 border-t border-line py-1"
                  >
                    <dt>{does}</dt>
                    <dd>
                      <Kbd keys={keys ?? ""} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <label className="flex items-center gap-2 border-t border-line pt-3 text-ink-2">
        <input
          type="checkbox"
          checked={single}
          onChange={(event) => {
            setSingleKeys(event.target.checked);
            setSingle(event.target.checked);
          }}
        />
        Keys without a modifier do something in this browser
      </label>
    </Dialog>
  );
}
