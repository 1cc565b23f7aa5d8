/** A page that was looked at: where it is, and what it was called. */
export type Visit = { href: string; name: string; within: string };

const kept = 12;
const storageKey = (org: string) => `recent:${org}`;

/** Pages looked at in this browser, the last first. */
export function readVisits(org: string): Visit[] {
  try {
    const visits: unknown = JSON.parse(localStorage.getItem(storageKey(org)) ?? "[]");
    return Array.isArray(visits) && visits.every(isVisit) ? visits : [];
  } catch {
    return [];
  }
}

function isVisit(value: Partial<Visit> | null): value is Visit {
  const { href, name, within } = value ?? {};
  return (
    typeof href === "string" &&
    /^\/(?!\/)/.test(href) &&
    typeof name === "string" &&
    typeof within === "string"
  );
}

/** Puts a visit before the others; the same page stands there once. */
export function withVisit(visits: Visit[], visit: Visit): Visit[] {
  return [visit, ...visits.filter(({ href }) => href !== visit.href)].slice(0, kept);
}

export function recordVisit(org: string, visit: Visit) {
  try {
    localStorage.setItem(storageKey(org), JSON.stringify(withVisit(readVisits(org), visit)));
  } catch {
    // A browser that keeps nothing has no recent places.
  }
}
