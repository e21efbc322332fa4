/* Reading aloud, dictation and large text: what the browser itself offers, shown only where it does.
   The page works without this file. Words leave the device for nothing here but dictation, which says so first. */

(function () {
  "use strict";

  var root = document.documentElement;
  var log = document.getElementById("log");
  var big = document.getElementById("big");
  var dictate = document.getElementById("dictate");
  var field = document.getElementById("text");
  var trouble = document.getElementById("trouble");
  if (!log || !big || !field) return;

  // Large text: a habit of the device, not of a chat, so it stays when the tab is closed.

  function remembered(name) {
    try {
      return localStorage.getItem("danhoi " + name) === "yes";
    } catch (unavailable) {
      return false;
    }
  }

  function remember(name, on) {
    try {
      if (on) localStorage.setItem("danhoi " + name, "yes");
      else localStorage.removeItem("danhoi " + name);
    } catch (unavailable) {
      // It then lasts as long as the page.
    }
  }

  function enlarge(on) {
    root.classList.toggle("large", on);
    big.setAttribute("aria-pressed", String(on));
  }

  enlarge(remembered("large"));
  big.addEventListener("click", function () {
    var on = !root.classList.contains("large");
    enlarge(on);
    remember("large", on);
  });

  // Reading aloud, by a Vietnamese voice of this device: one that is far away would carry the words off.

  var speech = window.speechSynthesis;
  var voice = null;
  var reading = null; // the button whose message is being read

  function findVoice() {
    voice = speech.getVoices().filter(function (one) {
      return /^vi\b/i.test(one.lang.replace("_", "-")) && one.localService;
    })[0] || null;
    root.classList.toggle("speaks", Boolean(voice));
  }

  function wordsOf(item) {
    var words = [item.querySelector(".text").textContent];
    item.querySelectorAll(".choices .label").forEach(function (one, number) {
      words.push((number + 1) + ": " + one.textContent);
    });
    return words.join(".\n");
  }

  function hush() {
    if (!reading) return;
    reading.querySelector("span").textContent = "Nghe";
    reading.setAttribute("aria-pressed", "false");
    reading = null;
    speech.cancel();
  }

  function read(button) {
    var again = reading === button;
    hush();
    if (again) return;
    var aloud = new SpeechSynthesisUtterance(wordsOf(button.closest(".told")));
    aloud.lang = "vi-VN";
    aloud.voice = voice;
    aloud.onend = aloud.onerror = function () { if (reading === button) hush(); };
    reading = button;
    button.querySelector("span").textContent = "Dừng";
    button.setAttribute("aria-pressed", "true");
    speech.speak(aloud);
  }

  if (speech && window.SpeechSynthesisUtterance) {
    findVoice();
    if (speech.addEventListener) speech.addEventListener("voiceschanged", findVoice);
    log.addEventListener("click", function (event) {
      var button = event.target.closest(".listen");
      if (button) read(button);
    });
    window.addEventListener("pagehide", hush);
  }

  // Dictation: what was heard is put into the field, to be read over and sent by the person.

  var Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  var hearing = null;
  var TROUBLES = {
    "not-allowed": "Trình duyệt chưa cho dùng micro. Anh/chị gõ giúp em ạ.",
    "no-speech": "Em chưa nghe thấy gì. Anh/chị bấm nói lại, hoặc gõ giúp em ạ.",
    "network": "Trình duyệt chưa nối được chỗ nghe tiếng nói. Anh/chị gõ giúp em ạ."
  };
  var NEVER = ["language-not-supported", "service-not-allowed"]; // this browser will not learn it while we wait

  function offer(on) {
    dictate.hidden = !on;
    document.querySelector(".compose").classList.toggle("hears", on);
  }

  function listening(on) {
    dictate.setAttribute("aria-pressed", String(on));
    dictate.querySelector("span").textContent = on ? "Đang nghe, bấm để dừng" : "Nói thay gõ";
  }

  function hear() {
    var before = field.value ? field.value.replace(/\s*$/, " ") : "";
    hearing = new Recognition();
    hearing.lang = "vi-VN";
    hearing.interimResults = true;
    hearing.onresult = function (event) {
      var heard = Array.prototype.map.call(event.results, function (one) { return one[0].transcript; }).join("");
      field.value = (before + heard).slice(0, Number(field.form.dataset.longest));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    hearing.onerror = function (event) {
      if (NEVER.indexOf(event.error) >= 0) offer(false);
      else if (TROUBLES[event.error]) trouble.textContent = TROUBLES[event.error];
    };
    hearing.onend = function () {
      hearing = null;
      listening(false);
      field.focus({ preventScroll: true });
    };
    hush();
    trouble.textContent = "";
    listening(true);
    hearing.start();
  }

  var told = remembered("microphone");

  function pressed() {
    if (hearing) return hearing.stop();
    if (told) return hear();
    told = true;
    remember("microphone", true);
    trouble.textContent = document.getElementById("microphone").content.textContent;
    return undefined;
  }

  if (Recognition && dictate) {
    dictate.addEventListener("click", pressed);
    field.form.addEventListener("sent", function () { if (hearing) hearing.abort(); });
    if (typeof Recognition.available !== "function") offer(true);
    else Recognition.available({ langs: ["vi-VN"] }).then(function (answer) { offer(answer !== "unavailable"); }, function () { offer(true); });
  }
})();
