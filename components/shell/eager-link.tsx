"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ComponentProps, useEffect, useRef } from "react";

/** How long the pointer rests on a link before its page is asked for: passing over a list asks for nothing. */
const restMs = 40;

/**
 * Its data, too: a placeholder that is shown once stays for 300 ms, React's pause between what it reveals, however soon
 * the answer comes. `PrefetchKind` is the type's name within Next, which it does not export.
 */
const whole = { kind: "full" } as Parameters<ReturnType<typeof useRouter>["prefetch"]>[1];

type Props = Omit<ComponentProps<typeof Link>, "href" | "prefetch"> & {
  href: string;
  /** One of few links: what its page consists of is asked for as soon as the pointer comes, and the page after it. */
  oneOfFew?: boolean;
};

/** A link whose page is asked for while one is about to press it, so that it is there when one does. */
export function EagerLink({ href, oneOfFew = false, ...props }: Props) {
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = () => router.prefetch(href, whole);
  return (
    <Link
      href={href}
      prefetch={false}
      onPointerEnter={() => {
        if (oneOfFew) router.prefetch(href);
        timer.current = setTimeout(ask, restMs);
      }}
      onPointerLeave={() => clearTimeout(timer.current)}
      onPointerDown={ask}
      onFocus={ask}
      {...props}
    />
  );
}
