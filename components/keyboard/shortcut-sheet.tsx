"use client";
import { useState } from "react";
import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "./kbd.tsx";
import { type Shortcut, setSingleKeys, singleKeysOn, useRegisteredShortcuts } from "./shortcuts.ts";

const GROUPS: Shortcut["group"][] = ["This page", "Lists", "Go to", "Everywhere"];

/** What the keys do on this page, made from what is registered on it. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const registered = useRegisteredShortcuts();
  const [single, setSingle] = useState(singleKeysOn);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Keys" wide>
      <div className="gap-x-10 sm:columns-2">
        {GROUPS.map((group) => {
          const shortcuts = unique(registered.filter((shortcut) => shortcut.group === group));
          if (shortcuts.length === 0) return null;
          return (
            <section key={group} className="mb-5 break-inside-avoid">
              <h3 className="mb-1 text-xs font-medium text-ink-3">{group}</h3>
              <dl>
                {shortcuts.map(({ keys, does }) => (
                  <div
                    key={keys}
                    className="flex items-center justify-between gap-6 border-t border-line py-1"
                  >
                    <dt>{does}</dt>
                    <dd>
                      <Kbd keys={keys} />
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
        Single letters do something in this browser
      </label>
    </Dialog>
  );
}

/** A key that two lists of a page share is told once. */
function unique(shortcuts: Shortcut[]): Shortcut[] {
  return [...new Map(shortcuts.map((shortcut) => [shortcut.keys, shortcut])).values()];
}
