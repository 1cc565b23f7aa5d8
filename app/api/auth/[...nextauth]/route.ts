import NextAuth from "next-auth";
import { authOptions } from "#lib/auth/options.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

const handler = (request: Request, context: Context) =>
  NextAuth(
    request as never,
    context as never,
    authOptions({
      userAgent: request.headers.get("user-agent"),
      address: request.headers.get("x-plumbline-address"),
    }),
  ) as Promise<Response>;

export { handler as GET, handler as POST };
