"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError } from "#components/api.ts";
import { NowProvider } from "#components/ui/time.tsx";

/** Queries, and the page's clock. Data stays until a live event says it is old. */
export function Providers({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 60_000,
            refetchOnWindowFocus: true,
            retry: (failures, error) =>
              failures < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
          },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <NowProvider serverNow={serverNow}>{children}</NowProvider>
    </QueryClientProvider>
  );
}
