import { Skeleton } from "#components/ui/notice.tsx";

export default function Loading() {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2">
      {[0, 1, 2, 3, 4].map((n) => (
        <Skeleton key={n} className="h-14" />
      ))}
    </div>
  );
}
