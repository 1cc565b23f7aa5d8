export type Theme = "light" | "dark" | "system";

/** Sets the theme before first paint; the choice lives in this browser. */
export const THEME_SCRIPT = `(function(){var c="system";try{c=localStorage.getItem("theme")||c}catch(e){}var d=c==="dark"||(c==="system"&&matchMedia("(prefers-color-scheme: dark)").matches);document.documentElement.dataset.theme=d?"dark":"light"})()`;

export function readTheme(): Theme {
  const stored = localStorage.getItem("theme");
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Keeps following the system where that was chosen; answers how to stop. */
export function followSystem(): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => readTheme() === "system" && show("system");
  media.addEventListener("change", follow);
  return () => media.removeEventListener("change", follow);
}

export function applyTheme(theme: Theme) {
  localStorage.setItem("theme", theme);
  show(theme);
}

function show(theme: Theme) {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
