// What the desk does beyond plain pages and forms. Everything works without it.
"use strict";

// The menu's further pages close on Escape and on a click elsewhere.
document.addEventListener("keydown", (e) => {
  const m = document.querySelector("details.more-menu[open]");
  if (m && e.key === "Escape") { m.open = false; m.querySelector("summary").focus(); }
});
document.addEventListener("click", (e) => {
  const m = document.querySelector("details.more-menu[open]");
  if (m && !m.contains(e.target)) m.open = false;
});
