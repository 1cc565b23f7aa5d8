"use client";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";

export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <>
      <h1 className="text-xl font-semibold tracking-[-0.017em]">This page could not be made.</h1>
      <div className="mt-6">
        <Notice
          tone="failed"
          title="The agents and clusters go on without it."
          action={<Button onClick={reset}>Try again</Button>}
        >
          {error.digest && <p>If it lasts, look for {error.digest} in the server’s log.</p>}
        </Notice>
      </div>
    </>
  );
}
