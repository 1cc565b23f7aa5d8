import { SIGNS, type Sign } from "./state.ts";
import { StateBadge } from "./state-badge.tsx";

/** What the shapes and colours mean, from the one table of them. */
export function Legend() {
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-5 gap-y-1 pt-2.5 text-sm">
      {(Object.keys(SIGNS) as Sign[]).map((sign) => (
        <li key={sign}>
          <StateBadge sign={sign} />
        </li>
      ))}
    </ul>
  );
}
