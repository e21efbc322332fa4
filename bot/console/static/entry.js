// The entry form while it is typed: the faults that the server finds, beside their boxes. Without it, "Lưu và kiểm tra"
// shows the same.
"use strict";

(() => {
  const form = document.getElementById("entry");
  const looked = document.getElementById("looked");
  const PAUSE = 900; // milliseconds without a key before the server is asked
  const APART = 3000; // … and at least so many between two questions: the server counts posts
  let timer = 0;
  let asked = 0;
  let last = 0;
  const touched = new Set();

  const show = (boxes) => {
    let open = 0;
    for (const told of document.querySelectorAll(".error[id$='-wrong'], [id='-wrong']")) {
      const name = told.id.slice(0, -"-wrong".length);
      const problem = boxes[name] || "";
      if (problem) open += 1;
      const seen = name === "" || touched.has(name) || told.textContent !== "";
      const text = seen ? problem : "";
      if (told.textContent !== text) told.textContent = text;
      if (name === "") {
        told.hidden = !text;
        continue;
      }
      const box = document.getElementById(name);
      box.parentElement.classList.toggle("wrong", Boolean(text));
      if (text) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    }
    looked.textContent = open ? `Còn ${open} chỗ cần sửa trước khi gửi duyệt.` : "Đã đủ điều kiện gửi duyệt.";
  };

  const look = async () => {
    const mine = (asked += 1);
    last = Date.now();
    const fields = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: fields, headers: { Accept: "application/json" } });
      if (answer.ok && mine === asked) show((await answer.json()).boxes);
    } catch {
      looked.textContent = "Chưa kiểm tra được lúc này; bấm “Lưu và kiểm tra” khi có mạng.";
    }
  };

  form.addEventListener("input", (event) => {
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(PAUSE, last + APART - Date.now()));
  });
})();
