import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether the page's scripts have taken over: before that, a form would be sent by the browser, to nobody. */
export function useAwake() {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
