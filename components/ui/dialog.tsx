"use client";
import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** A modal sheet over the page: title, one sentence, content. Escape closes it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  wide,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-[#0b0d1066]" />
        <Primitive.Content
          className={cn(
            "fixed inset-x-3 top-[4vh] z-50 mx-auto flex max-h-[92vh] flex-col overflow-hidden rounded-lg border border-line-strong bg-paper outline-none",
            wide ? "max-w-[860px]" : "max-w-[520px]",
          )}
        >
          <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
            <div>
              <Primitive.Title className="text-lg font-semibold tracking-[-0.01em]">{title}</Primitive.Title>
              <Primitive.Description className={cn("text-ink-2", !description && "sr-only")}>
                {description ?? "Dialog"}
              </Primitive.Description>
            </div>
            <Primitive.Close
              className="-mr-1 rounded-md p-1 text-ink-3 hover:bg-sunken hover:text-ink"
              aria-label="Close"
            >
              <X size={16} />
            </Primitive.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
