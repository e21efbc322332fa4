/* For the commune's own site: one tag puts a round button at the corner of the page, which opens the chat.
     <script src="(our address)/embed.js" data-commune="CODE" async></script>
   Nothing is fetched until the button is pressed. No library, no cookie of its own, nothing of the page is read. */

(function () {
  "use strict";

  var tag = document.currentScript;
  if (!tag || !tag.src || !tag.dataset.commune || !window.URL) return;

  var base = new URL(tag.src).origin;
  var address = base + "/x/" + encodeURIComponent(tag.dataset.commune);
  var name = tag.dataset.name || "Hỏi đáp với xã";
  var PATIENCE = 10000; // milliseconds; a chat that is not there by then is offered as a link
  var box = null;
  var frame = null;
  var button = null;

  // Set through the object model: a page whose policy forbids written styles still shows it right.
  function style(node, rules) {
    Object.keys(rules).forEach(function (rule) { node.style[rule] = rules[rule]; });
    return node;
  }

  function make(what, words, rules) {
    var node = style(document.createElement(what), rules);
    if (words) node.textContent = words;
    return node;
  }

  var FONT = "600 16px/1.3 Roboto, 'Segoe UI', 'Noto Sans', Arial, sans-serif";

  function build() {
    button = make("button", "", {
      position: "fixed", right: "16px", bottom: "16px", zIndex: "2147483000", minHeight: "56px", padding: "0 20px",
      border: "2px solid #ffffff", borderRadius: "28px", background: "#0f5b57", color: "#ffffff", font: FONT,
      boxShadow: "0 2px 12px rgba(0, 0, 0, 0.3)", cursor: "pointer"
    });
    button.type = "button";
    button.id = "danhoi-button";
    button.lang = "vi";
    label(false);
    button.addEventListener("click", toggle);
    document.body.appendChild(button);
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && isOpen()) toggle();
    });
  }

  function label(open) {
    button.textContent = open ? "Đóng khung hỏi đáp" : name;
    button.setAttribute("aria-expanded", String(open));
  }

  function isOpen() {
    return Boolean(box) && !box.hidden;
  }

  function toggle() {
    if (!box) open();
    else box.hidden = !box.hidden;
    box.style.display = box.hidden ? "none" : "block";
    label(!box.hidden);
    if (box.hidden) button.focus();
    else if (frame) frame.focus();
  }

  function open() {
    box = make("div", "", {
      position: "fixed", right: "16px", bottom: "84px", zIndex: "2147483000", width: "min(400px, calc(100vw - 32px))",
      height: "min(680px, calc(100vh - 100px))", overflow: "hidden", borderRadius: "16px", background: "#f6f3ec",
      border: "1px solid #7d8886", boxShadow: "0 4px 24px rgba(0, 0, 0, 0.35)"
    });
    box.id = "danhoi-box";
    button.setAttribute("aria-controls", box.id);
    frame = make("iframe", "", { width: "100%", height: "100%", border: "0", display: "block" });
    frame.title = name;
    frame.allow = "microphone; clipboard-write; web-share";
    frame.referrerPolicy = "no-referrer";
    frame.src = address;
    box.appendChild(frame);
    document.body.appendChild(box);
    var alarm = setTimeout(offerLink, PATIENCE);
    window.addEventListener("message", function (event) {
      if (event.origin === base && event.data === "danhoi: here") clearTimeout(alarm);
    });
  }

  // A site that may not frame the chat, or a line that is down: the chat's own page still works.
  function offerLink() {
    var link = make("a", "Mở trang hỏi đáp của xã", {
      display: "block", margin: "24px", padding: "14px", borderRadius: "12px", background: "#0f5b57", color: "#ffffff",
      font: FONT, textAlign: "center"
    });
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener";
    box.replaceChild(link, frame);
    frame = null;
    link.focus();
  }

  if (document.body) build();
  else document.addEventListener("DOMContentLoaded", build);
})();
