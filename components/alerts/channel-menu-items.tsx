"use client";
import type { ReactNode } from "react";
import { MenuItem, OpenMenu } from "#components/ui/open-menu.tsx";

export type ChannelMenuItem = { name: string; onSelect: () => void };

/** The menu of a channel, open at once. */
export function ChannelMenuItems({ items, trigger }: { items: ChannelMenuItem[]; trigger: ReactNode }) {
  return (
    <OpenMenu trigger={trigger} align="end" sideOffset={4} className="min-w-[140px]">
      {items.map(({ name, onSelect }) => (
        <MenuItem key={name} onSelect={onSelect}>
          {name}
        </MenuItem>
      ))}
    </OpenMenu>
  );
}
