import Link from "next/link";
import { Brand } from "#components/shell/brand.tsx";
import { Button } from "#components/ui/button.tsx";

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[420px] flex-col justify-center gap-4 px-5">
      <Brand />
      <h1 className="text-xl font-semibold tracking-[-0.017em]">There is nothing at this address.</h1>
      <p className="text-ink-2">
        It may have been renamed or removed, or it belongs to an organization you are not a member of.
      </p>
      <div>
        <Button asChild>
          <Link href="/">To the overview</Link>
        </Button>
      </div>
    </main>
  );
}
