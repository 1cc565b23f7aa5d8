import { safeHref } from "#components/ui/format.ts";
import type { Provenance } from "#lib/revisions/schemas.ts";
import { provenanceWords } from "./provenance-words.ts";

/** After an author: who approved the commit, in which pull request, or that it was pushed directly. */
export function ProvenanceOf({ provenance }: { provenance: Provenance | null }) {
  const words = provenanceWords(provenance);
  if (!provenance || !words) return null;
  if (provenance.kind !== "pull-request")
    return <span title={provenance.kind === "unknown" ? provenance.why : undefined}>; {words}</span>;
  const href = safeHref(provenance.url);
  const number = `#${provenance.number}`;
  return (
    <span title={`${provenance.title}${provenance.mergedBy ? `, merged by ${provenance.mergedBy}` : ""}`}>
      ; {words} in{" "}
      {href ? (
        <a className="link" href={href} target="_blank" rel="noreferrer">
          {number}
        </a>
      ) : (
        number
      )}
    </span>
  );
}
