"use client";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "./button.tsx";

/** What follows comes as one scrolls to this place; the button is for the keyboard. */
export function MoreInSight({
  loading,
  onWanted,
  children,
}: {
  loading: boolean;
  onWanted: () => void;
  children: ReactNode;
}) {
  const place = useRef<HTMLDivElement>(null);
  const wanted = useRef(onWanted);
  wanted.current = onWanted;
  useEffect(() => {
    if (!place.current || loading) return;
    const observer = new IntersectionObserver(([seen]) => seen?.isIntersecting && wanted.current(), {
      rootMargin: "600px 0px",
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [loading]);
  return (
    <div ref={place} className="print:hidden">
      <Button onClick={onWanted} disabled={loading}>
        {loading ? "Loading…" : children}
      </Button>
    </div>
  );
}
