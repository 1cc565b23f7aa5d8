"use client";
import { setNonce } from "get-nonce";

/** Lets dialogs lock the page behind them: the style element they add carries the page's own nonce. */
export function StyleNonce() {
  const nonce = typeof document === "undefined" ? "" : document.querySelector("script")?.nonce;
  if (nonce) setNonce(nonce);
  return null;
}
