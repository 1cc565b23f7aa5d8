import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { StyleNonce } from "#components/shell/style-nonce.tsx";
import { THEME_SCRIPT } from "#components/shell/theme.ts";
import "./globals.css";

export const metadata: Metadata = { title: { default: "Plumbline", template: "%s · Plumbline" } };
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Before first paint, so that a dark screen stays dark. */}
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, with the page's nonce */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <StyleNonce />
        {children}
      </body>
    </html>
  );
}
