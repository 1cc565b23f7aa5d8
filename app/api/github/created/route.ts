import { finishAppCreation } from "#lib/github-app/create-app.ts";
import { returningRoute } from "#lib/github-app/returning.ts";

export const GET = returningRoute({
  "create-app": async (call) => {
    await finishAppCreation(call);
    return "The GitHub App is created. Now install it on the repositories that hold your desired state.";
  },
});
