"use client";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";

export type ChannelMenuItem = { name: string; onSelect: () => void };

/** The menu of a channel, open at once. */
export function ChannelMenuItems({ items, trigger }: { items: ChannelMenuItem[]; trigger: ReactNode }) {
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 min-w-[140px] rounded-md border border-line-strong bg-raised p-1"
        >
          {items.map((item) => (
            <DropdownMenu.Item
              key={item.name}
              onSelect={item.onSelect}
              className="cursor-default rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-sunken"
            >
              {item.name}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
