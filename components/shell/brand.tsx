/** The mark: a plumb bob on its line. */
export function Brand({ size = 20 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-[-0.01em]">
      <svg width={(size * 16) / 20} height={size} viewBox="0 0 16 20" aria-hidden="true">
        <path d="M8 0v11" stroke="currentColor" strokeWidth="1.6" />
        <path d="M3.5 11h9L8 19.5z" fill="currentColor" />
      </svg>
      Plumbline
    </span>
  );
}
