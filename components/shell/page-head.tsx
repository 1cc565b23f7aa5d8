import Link from "next/link";
import type { ReactNode } from "react";
import { Visited } from "#components/palette/visited.tsx";

/** How each page opens: where one is, and a sentence that answers before any table. */
export function PageHead({
  crumbs,
  title,
  children,
  actions,
}: {
  crumbs: { name: string; href?: string }[];
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <Visited crumbs={crumbs} />
      <div className="min-w-0 max-w-[860px] flex-[1_1_400px]">
        <nav aria-label="Breadcrumb" className="flex flex-wrap gap-1.5 text-sm text-ink-3">
          {crumbs.map((crumb, index) => (
            <span key={crumb.name} className="flex gap-1.5">
              {index > 0 && <span aria-hidden="true">/</span>}
              {crumb.href ? (
                <Link href={crumb.href} className="hover:text-ink">
                  {crumb.name}
                </Link>
              ) : (
                crumb.name
              )}
            </span>
          ))}
        </nav>
        <h1 className="mb-1 mt-1.5 text-balance text-xl font-semibold tracking-[-0.017em] [overflow-wrap:anywhere]">
          {title}
        </h1>
        {children && <div className="text-ink-2">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2 md:pt-[18px] print:hidden">{actions}</div>}
    </div>
  );
}
