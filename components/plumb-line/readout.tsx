import { StateIcon } from "#components/state/state-badge.tsx";
import { Clock } from "#components/ui/time.tsx";
import type { PlumbMark } from "#lib/environments/schemas.ts";
import type { Band } from "./geometry.ts";
import { restOf, titleOf } from "./labels.ts";

/** What is under the pointer or has the focus, in words; as high as without, so that nothing moves. */
export function Readout({
  band,
  marks,
  now,
  cut,
}: {
  band: Band | undefined;
  marks: readonly PlumbMark[];
  now: number;
  cut: boolean;
}) {
  return (
    <figcaption
      aria-hidden="true"
      className="mt-1.5 grid h-[38px] grid-cols-[16px_minmax(0,1fr)] gap-x-2 overflow-hidden border-t border-line pt-1.5 text-sm leading-[18px] text-ink-3 print:hidden sm:h-[26px]"
    >
      {band ? (
        <>
          <StateIcon sign={band.cause} className="mt-px" />
          <span className="line-clamp-2 sm:line-clamp-1">
            <b className="font-[550] text-ink">{titleOf(band, marks)}</b>{" "}
            <Clock at={band.episode.startedAt} />
            {band.episode.endedAt && (
              <>
                –<Clock at={band.episode.endedAt} />
              </>
            )}
            , {restOf(band, now)}
            {band.episode.summary && `: ${band.episode.summary}`}
          </span>
        </>
      ) : (
        <span className="col-span-2 line-clamp-2 sm:line-clamp-1">
          Ticks are commits and syncs, below the line edits; a flag is an alert. Arrow keys walk, Enter shows
          the evidence.
          {cut && " Only the newest 300 are drawn."}
        </span>
      )}
    </figcaption>
  );
}
