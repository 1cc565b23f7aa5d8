"use client";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

/** A menu that is open as soon as it is there: what opens it is drawn without it, until somebody asks. */
export function OpenMenu({
  trigger,
  className,
  ...props
}: ComponentProps<typeof DropdownMenu.Content> & { trigger: ReactNode }) {
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={cn("z-50 rounded-md border border-line-strong bg-raised p-1", className)}
          {...props}
        />
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem(props: Omit<ComponentProps<typeof DropdownMenu.Item>, "className">) {
  return (
    <DropdownMenu.Item
      className="flex cursor-default items-center justify-between gap-6 rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-sunken"
      {...props}
    />
  );
}
