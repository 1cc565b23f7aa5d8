/** Whether whoever runs the tests has said that a tier is to be left out: PLUMBLINE_SKIP_TIERS names it. */
export const isLeftOut = (tier: string): boolean =>
  (process.env.PLUMBLINE_SKIP_TIERS ?? "").split(/[\s,]+/).includes(tier);
