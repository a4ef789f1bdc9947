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
// Keys: an element with data-key does by that key what a click on it does. Not while somebody types, not with Ctrl, Alt or Meta.
(function () {
  function typing(el) {
    return el && (el.isContentEditable || /^(textarea|select)$/i.test(el.tagName) || (/^input$/i.test(el.tagName) && !/^(checkbox|radio|button|submit)$/i.test(el.type)));
  }
  function say(text) {
    var live = document.getElementById("bao");
    if (live && text) window.setTimeout(function () { live.textContent = text; }, 100);
  }
  function box(el, main) {
    var select = document.getElementById("q-chinh");
    if (main) { el.checked = true; if (select) select.value = el.value; } else { el.checked = !el.checked; }
    if (!el.checked && select && select.value === el.value) select.value = "";
    var label = document.querySelector('label[for="' + el.id + '"]');
    say((label ? label.firstChild.textContent.trim() : "") + (main ? ": chủ đề chính" : el.checked ? ": đã chọn" : ": đã bỏ"));
  }
  var gone = false; // one answer a page: a key that repeats answers nothing else
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing || e.repeat || typing(e.target)) return;
    var key = e.key === "?" ? "?" : e.key.length === 1 ? e.key.toLowerCase() : "";
    var el = key && document.querySelector('[data-key="' + (window.CSS ? CSS.escape(key) : key) + '"]');
    if (!el || gone) return;
    e.preventDefault();
    if (el.type === "checkbox") return box(el, e.shiftKey && el.name === "chu-de");
    if (el.type === "submit") gone = true;
    el.click();
  });
  document.addEventListener("submit", function (e) {
    if (!e.target.closest(".q-page")) return;
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    gone = false;
    document.querySelectorAll("form[data-sent]").forEach(function (f) { delete f.dataset.sent; });
    var live = document.getElementById("bao"), first = document.querySelector("[data-focus]");
    if (first) first.focus({ preventScroll: true });
    if (live) say(live.dataset.say);
  });
})();
