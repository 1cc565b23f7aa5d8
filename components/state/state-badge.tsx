import { cn } from "#components/ui/cn.ts";
import { SIGNS, type Sign } from "./state.ts";

/** The shape of a sign: it draws what it means (one line, two lines apart, one line falling away). */
export function StateIcon({ sign, size = 16, className }: { sign: Sign; size?: number; className?: string }) {
  const stroke = SIGNS[sign].color;
  const line = { stroke, strokeWidth: 2, strokeLinecap: "round" as const, fill: "none" };
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={cn("shrink-0", className)}
    >
      {sign === "converged" && <path d="M2 8h12" {...line} />}
      {sign === "pending" && (
        <>
          <path d="M2 12h12M2 4.5h12" {...line} />
          <path d="M8 10.2V7m-2 1.8L8 6.8l2 2" stroke={stroke} fill="none" />
        </>
      )}
      {sign === "drift" && (
        <>
          <path d="M2 5h12" {...line} />
          <path d="M2 5c4 0 5 7 12 7" {...line} />
        </>
      )}
      {sign === "failed" && <path d="M4 4l8 8M12 4l-8 8" {...line} />}
      {sign === "unhealthy" && <path d="M2 8h3l1.5-4 3 8L11 8h3" {...line} strokeLinejoin="round" />}
      {sign === "converging" && <path d="M2 12C7 12 8 8 14 8M2 4c5 0 6 4 12 4" {...line} />}
      {sign === "unknown" && (
        <>
          <rect x="2" y="5" width="12" height="6" rx="1" stroke={stroke} fill="none" />
          <path d="M4.5 10.5l4-5M8 10.5l4-5" stroke={stroke} />
        </>
      )}
      {sign === "suspended" && <path d="M5 4v8M11 4v8" {...line} strokeWidth={2.4} />}
    </svg>
  );
}

/** Shape, word and colour together; converged is quiet on purpose. */
export function StateBadge({ sign, word, className }: { sign: Sign; word?: string; className?: string }) {
  const quiet = sign === "converged";
  return (
    <span
      className={cn(
        "inline-flex items-center gap-[7px] whitespace-nowrap",
        quiet ? "text-ink-2" : "font-[550]",
        className,
      )}
      style={quiet ? undefined : { color: SIGNS[sign].color }}
    >
      <StateIcon sign={sign} />
      {word ?? SIGNS[sign].word}
    </span>
  );
}
