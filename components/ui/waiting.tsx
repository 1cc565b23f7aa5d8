import { Button } from "./button.tsx";
import { Notice, Skeleton } from "./notice.tsx";

type Query = { isError: boolean; error: Error | null; refetch: () => unknown };

/** Stands where a query's data will: placeholders of its size, or why it could not be read and the next step. */
export function Waiting({
  query,
  rows = 3,
  className = "h-9",
}: {
  query: Query;
  rows?: number;
  className?: string;
}) {
  if (query.isError)
    return (
      <Notice
        tone="failed"
        title={query.error?.message ?? "It could not be read."}
        action={<Button onClick={() => query.refetch()}>Try again</Button>}
      />
    );
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className={className} />
      ))}
    </div>
  );
}
