// Keeps the numbers above the work list fresh while the page is looked at. Without it they are fresh on reload.
"use strict";

(() => {
  const EVERY = 30_000; // milliseconds
  const list = document.querySelector("[data-fresh]");
  if (!list) return;

  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch(list.dataset.fresh, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) return;
      const counts = await answer.json();
      for (const place of list.querySelectorAll("[data-count]")) {
        const now = String(counts[place.dataset.count] ?? "");
        if (now && place.textContent !== now) {
          place.textContent = now;
          place.classList.add("new");
        }
      }
    } catch {
      // no line just now: the next turn tries again
    }
  }

  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
})();
