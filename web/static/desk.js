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

// Files are sent in pieces as soon as they are chosen, by the tus protocol: what a broken line leaves is gone on with, also
// after the page was opened anew. The form then names what has arrived. Without this the form sends the files itself.
(function () {
  const piece = 512 * 1024, version = { "Tus-Resumable": "1.0.0" };
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const pause = (ms) => new Promise((on) => {
    const timer = setTimeout(on, ms);
    addEventListener("online", () => { clearTimeout(timer); on(); }, { once: true });
  });

  async function begin(file, key) {
    let known = null;
    try { known = localStorage.getItem(key); } catch { known = null; }
    if (known) {
      const there = await fetch(known, { method: "HEAD", headers: version });
      if (there.ok) return { at: known, have: Number(there.headers.get("Upload-Offset")) };
    }
    let said = "filename " + base64(file.name);
    if (window.crypto && crypto.subtle) {
      const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      said += ",sha256 " + btoa(Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join(""));
    }
    const made = await fetch("/tep", { method: "POST", headers: { ...version, "Upload-Length": String(file.size), "Upload-Metadata": said } });
    if (!made.ok) throw Object.assign(new Error((await made.text()).trim()), { final: made.status < 500 });
    const at = made.headers.get("Location");
    try { localStorage.setItem(key, at); } catch { /* a window that keeps nothing */ }
    return { at, have: 0 };
  }

  async function send(file, tell) {
    const key = ["tep", file.name, file.size, file.lastModified].join(":");
    for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
      try {
        let { at, have } = await begin(file, key);
        while (have < file.size) {
          tell(have / file.size, "");
          const sent = await fetch(at, { method: "PATCH", headers: { ...version, "Upload-Offset": String(have), "Content-Type": "application/offset+octet-stream" }, body: file.slice(have, have + piece) });
          if (sent.status === 409) { have = Number(sent.headers.get("Upload-Offset")); continue; }
          if (!sent.ok) {
            if (sent.status === 404 || sent.status === 460) { try { localStorage.removeItem(key); } catch { /* nothing kept */ } }
            throw Object.assign(new Error((await sent.text()).trim()), { final: sent.status === 413 || sent.status === 403 });
          }
          have = Number(sent.headers.get("Upload-Offset"));
          wait = 1000;
        }
        try { localStorage.removeItem(key); } catch { /* nothing kept */ }
        return at.slice(at.lastIndexOf("/") + 1);
      } catch (err) {
        if (err.final) throw err;
        tell(null, "Mất kết nối; phần đã gửi vẫn còn, sẽ tự gửi tiếp…");
        await pause(wait);
      }
    }
  }

  for (const input of document.querySelectorAll("input[data-tep]")) {
    const form = input.form, list = form.querySelector("[data-sending]");
    let under = 0;
    form.addEventListener("submit", (e) => {
      if (under > 0) { e.preventDefault(); list.scrollIntoView(); }
    });
    input.addEventListener("change", async () => {
      const files = Array.from(input.files);
      input.value = "";
      for (const file of files) {
        const row = document.createElement("li"), words = document.createElement("span"), bar = document.createElement("progress");
        bar.max = 1; bar.value = 0; bar.setAttribute("aria-label", "Đang gửi " + file.name);
        words.textContent = "Đang gửi: " + file.name;
        row.append(words, bar); list.append(row);
        under++;
        try {
          const id = await send(file, (share, why) => {
            if (share !== null) bar.value = share;
            words.textContent = why ? file.name + ": " + why : "Đang gửi: " + file.name + " (" + Math.round(100 * bar.value) + "%)";
          });
          const box = document.createElement("input"), label = document.createElement("label");
          box.type = "checkbox"; box.name = "tep"; box.value = id; box.checked = true; box.id = "t-" + id;
          label.htmlFor = box.id; label.textContent = "Đã nhận: " + file.name;
          row.className = "pf-check"; row.replaceChildren(box, label);
        } catch (err) {
          words.textContent = file.name + ": " + err.message; bar.remove();
        }
        under--;
      }
    });
  }
})();

// The numbers that do not go with the chosen duty and form are put out of sight.
(function () {
  const duty = document.querySelector("select[data-duty]"), form = document.querySelector("select[data-form]");
  if (!duty) return;
  const byForm = { F6: ["posts"], F7: ["copies", "panels"], F8: ["events", "participants"], F9: ["events", "participants"], F10: ["events", "participants"], F11: ["events", "participants"] };
  function fit() {
    const chosen = duty.selectedOptions[0], names = form && byForm[form.value] || (chosen && chosen.dataset.amounts || "").split(" ");
    let any = false;
    for (const row of document.querySelectorAll("[data-amount]")) {
      const field = row.querySelector("input");
      row.hidden = !names.includes(row.dataset.amount) && field.value === "";
      any = any || !row.hidden;
    }
    document.querySelector(".pf-amounts").hidden = !any;
  }
  duty.addEventListener("change", fit);
  if (form) form.addEventListener("change", fit);
  fit();
})();
// «Chép»: copies the words of a text field; without this script they are selected by hand.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Đã chép";
    } catch {
      field.focus();
      field.select();
    }
  });
}
