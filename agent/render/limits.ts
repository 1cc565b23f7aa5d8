/** What rendering one environment may cost at most; beyond it desired state is refused, with the limit's name. */
export type Limits = {
  maxFileBytes: number;
  maxFiles: number;
  maxInputBytes: number;
  maxOutputBytes: number;
  maxObjects: number;
  /** Nodes of one YAML document once its aliases are expanded. */
  maxYamlNodes: number;
  maxYamlDepth: number;
  timeoutMs: number;
  /** Rendered results kept on disk. */
  maxCached: number;
};

/** Roomy for configuration, tight for a bomb. */
export const DEFAULT_LIMITS: Limits = {
  maxFileBytes: 10 * 1024 * 1024,
  maxFiles: 10_000,
  maxInputBytes: 64 * 1024 * 1024,
  maxOutputBytes: 64 * 1024 * 1024,
  maxObjects: 20_000,
  maxYamlNodes: 500_000,
  maxYamlDepth: 200,
  timeoutMs: 60_000,
  maxCached: 500,
};
