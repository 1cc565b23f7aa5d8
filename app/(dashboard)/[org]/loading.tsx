import { Skeleton } from "#components/ui/notice.tsx";

export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-4 w-48" />
      <Skeleton className="mt-3 h-7 max-w-[560px]" />
      <Skeleton className="mt-2 h-4 max-w-[360px]" />
      <div className="mt-8 flex flex-col gap-2">
        {[0, 1, 2, 3, 4].map((n) => (
          <Skeleton key={n} className="h-12" />
        ))}
      </div>
    </div>
  );
}
