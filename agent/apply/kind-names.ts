/** Whether declared kinds, each `Kind` (of whatever group) or `Kind.group`, hold this one. */
export function namesKind(
  names: readonly string[] | undefined,
  { group, kind }: { group: string; kind: string },
): boolean {
  return names?.some((name) => name === kind || name === `${kind}.${group}`) ?? false;
}
