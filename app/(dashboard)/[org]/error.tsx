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
    <Notice
      tone="failed"
      title="This page could not be made."
      action={<Button onClick={reset}>Try again</Button>}
    >
      <p>
        The agents and clusters go on without it.
        {error.digest && ` If it lasts, look for ${error.digest} in the server’s log.`}
      </p>
    </Notice>
  );
}
