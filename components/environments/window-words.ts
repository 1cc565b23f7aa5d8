import type { SyncWindow } from "#lib/protocol/declaration.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "closed Fri 18:00 for 62 h, Europe/Vienna": a window as somebody would say it. */
export function windowWords(window: SyncWindow): string {
  const kind = window.kind === "deny" ? "closed" : "open only";
  return `${kind} ${scheduleWords(window.schedule)} for ${lengthWords(window.durationMs)}, ${window.timezone}`;
}

/** Cron with five fields in words where it is of a kind people use; otherwise as it stands. */
export function scheduleWords(schedule: string): string {
  const raw = `at cron “${schedule.trim()}”`;
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = schedule.trim().split(/\s+/);
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek || more.length > 0) return raw;
  const times = timesOf(minute, hour);
  if (!times) return raw;
  const weekdays = dayOfWeek === "*" ? "" : named(dayOfWeek, DAYS, 0);
  const months = month === "*" ? "" : named(month, MONTHS, 1);
  const days =
    dayOfMonth === "*" ? "" : /^[\d,-]+$/.test(dayOfMonth) ? dayOfMonth.replaceAll(",", ", ") : null;
  if (weekdays === null || months === null || days === null) return raw;
  // Cron takes a day of the month and a day of the week as "either of them": rare enough to show as it stands.
  if (days && weekdays) return raw;
  const on = weekdays || (days ? `on the ${days}.` : months ? "every day" : "daily");
  return `${on}${months ? ` of ${months}` : ""} ${times}`.replace("every day of", "every day in");
}

/** "18:00", or "08:00, 18:00"; null where it is not at whole times. */
function timesOf(minute: string, hour: string): string | null {
  if (!/^\d{1,2}$/.test(minute) || !/^\d{1,2}(,\d{1,2})*$/.test(hour)) return null;
  return hour
    .split(",")
    .map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`)
    .join(", ");
}

/** Names of a cron field: "1-5" to "Mon–Fri", "sat,sun" to "Sat, Sun"; null for steps and the like. */
function named(field: string, names: readonly string[], base: number): string | null {
  const parts = field.split(",").map((part) => {
    const ends = part.split("-").map((end) => {
      const byName = names.find((name) => name.toLowerCase() === end.toLowerCase());
      if (byName) return byName;
      return /^\d+$/.test(end) ? names[(Number(end) - base) % (base === 0 ? 7 : 12)] : undefined;
    });
    return ends.length <= 2 && ends.every(Boolean) ? ends.join("–") : null;
  });
  return parts.includes(null) ? null : parts.join(", ");
}

/** Hours up to four days, as people count closed weekends; days beyond. */
function lengthWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return `${minutes} min`;
  if (hours >= 96 && minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}
