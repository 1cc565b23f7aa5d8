import type { ReactNode } from "react";
import { Brand } from "#components/shell/brand.tsx";
import { Providers } from "#components/shell/providers.tsx";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <Providers serverNow={Date.now()}>
      <main className="mx-auto flex min-h-dvh max-w-[400px] flex-col justify-center gap-6 px-5 py-10">
        <Brand size={24} />
        {children}
      </main>
    </Providers>
  );
}
