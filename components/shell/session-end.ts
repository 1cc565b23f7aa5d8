import { ApiError, api } from "#components/api.ts";

/** Where one signs in, and comes back to this very page from. */
export function toSignIn(): void {
  const here = location.pathname + location.search;
  location.assign(`/sign-in?callbackUrl=${encodeURIComponent(here)}`);
}

/** Whether an error says that the session has ended. */
export const isSessionEnd = (error: unknown) => error instanceof ApiError && error.status === 401;

/** Asks whether the session still holds; goes to sign in where it does not. */
export async function sessionHolds(): Promise<boolean> {
  try {
    await api<unknown>("/viewer");
    return true;
  } catch (error) {
    if (!isSessionEnd(error)) return true;
    toSignIn();
    return false;
  }
}
