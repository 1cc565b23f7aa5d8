"use client";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { useAwake } from "./awake.ts";
import { cn } from "./cn.ts";

const looks = {
  primary: "bg-ink text-paper border-ink hover:opacity-90",
  plain: "bg-raised text-ink border-line-strong hover:border-ink-3",
  quiet: "border-transparent text-ink-2 hover:text-ink hover:bg-sunken",
  danger: "bg-raised text-failed border-line-strong hover:border-failed",
};

/** The only button. `asChild` lends its look to a link. */
export function Button({
  look = "plain",
  asChild,
  className,
  disabled,
  ...props
}: ComponentProps<"button"> & { look?: keyof typeof looks; asChild?: boolean }) {
  const awake = useAwake();
  const Component = asChild ? Slot.Root : "button";
  return (
    <Component
      {...(asChild
        ? {}
        : { type: "button" as const, disabled: disabled || (props.type === "submit" && !awake) })}
      className={cn(
        "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-3 font-[550] transition-colors disabled:cursor-not-allowed disabled:opacity-50",
        looks[look],
        className,
      )}
      {...props}
    />
  );
}
