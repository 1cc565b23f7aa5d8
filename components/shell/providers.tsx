"use client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "#components/api.ts";
import { NowProvider } from "#components/ui/time.tsx";
import { isSessionEnd, toSignIn } from "./session-end.ts";
import { followSystem } from "./theme.ts";

/** Queries, and the page's clock. Data stays until a live event says it is old. */
export function Providers({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        // A session that ended leads to where one signs in, and from there back.
        queryCache: new QueryCache({ onError: (error) => isSessionEnd(error) && toSignIn() }),
        mutationCache: new MutationCache({ onError: (error) => isSessionEnd(error) && toSignIn() }),
        defaultOptions: {
          queries: {
            staleTime: 60_000,
            refetchOnWindowFocus: true,
            // What could not be read again is asked for until it can.
            refetchInterval: ({ state }) =>
              state.status === "error" && state.data !== undefined ? 15_000 : false,
            retry: (failures, error) =>
              failures < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
          },
        },
      }),
  );
  useEffect(followSystem, []);
  return (
    <QueryClientProvider client={client}>
      <NowProvider serverNow={serverNow}>{children}</NowProvider>
    </QueryClientProvider>
  );
}
