/* The page works without this file; with it, messages go and come without reloading. No library, no build chain.
   A message keeps the id it was given when it was typed: sending it again is safe, the server answers it once. */

(function () {
  "use strict";

  var form = document.getElementById("compose");
  if (!form || !window.fetch || !window.Promise) return;

  var field = document.getElementById("text");
  var log = document.querySelector("#log ol");
  var trouble = document.getElementById("trouble");
  var busy = document.getElementById("busy");
  var spoken = document.getElementById("spoken");
  var fresh = document.getElementById("fresh");
  var leave = document.querySelector(".leave");
  var address = form.getAttribute("action");
  var longest = Number(form.dataset.longest);
  var last = Number(form.dataset.last); // id of the newest message on the page
  var queue = recall("queue", []); // what is not answered yet, oldest first: {id, text}
  var sending = false;
  var failures = 0;
  var timer = 0;
  var stream = null;
  var streamFailures = 0;

  var OFFLINE = "Đang mất mạng. Anh/chị cứ gõ: tin được giữ ở đây và tự gửi khi có mạng lại.";
  var UNREACHED = "Chưa nối được với máy chủ. Tin được giữ ở đây, em tự gửi lại.";
  var PATIENCE = 30000; // the server itself waits up to 8 seconds for an answer

  document.documentElement.classList.add("js");

  // What must outlive a reload stands in this tab's own storage, and goes when the tab or the session ends.

  function recall(name, otherwise) {
    try {
      return JSON.parse(sessionStorage.getItem("danhoi " + name + " " + location.pathname)) || otherwise;
    } catch (unavailable) {
      return otherwise;
    }
  }

  function keep(name, value) {
    try {
      sessionStorage.setItem("danhoi " + name + " " + location.pathname, JSON.stringify(value));
    } catch (unavailable) {
      // A browser that keeps nothing: the message still goes, it is only lost with a reload.
    }
  }

  function newId() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  function copyOf(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }

  function remove(node) {
    node.parentNode.removeChild(node);
  }

  // Putting messages on the page. Text goes in as text, never as HTML.

  function stamp(item, at, clock) {
    var time = item.querySelector("time");
    time.dateTime = at;
    time.textContent = clock;
  }

  function clockNow(now) {
    try {
      return now.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" });
    } catch (unknownZone) {
      return "";
    }
  }

  function showSaid(message) {
    var item = copyOf("said");
    var now = new Date();
    item.dataset.client = message.id;
    item.querySelector(".text").textContent = message.text;
    stamp(item, now.toISOString(), clockNow(now));
    log.appendChild(item);
    begun();
    return item;
  }

  function showTold(message) {
    if (log.querySelector('[data-id="' + message.id + '"]')) return null;
    var item = copyOf("told");
    item.dataset.id = message.id;
    if (message.action === "emergency") item.classList.add("emergency");
    write(item.querySelector(".text"), message);
    showGrounds(item.querySelector(".grounds"), message.sources);
    if (!message.sources.length && message.action !== "answer") remove(item.querySelector(".foot"));
    stamp(item, message.at, message.clock);
    dropChoices();
    if (message.choices.length) item.appendChild(choicesOf(message));
    log.appendChild(item);
    last = Math.max(last, message.id);
    begun();
    return item;
  }

  function write(where, message) {
    if (message.action !== "emergency") {
      where.textContent = message.text;
      return;
    }
    message.text.split(/\b(11[1-5])\b/).forEach(function (piece, number) {
      var part = document.createTextNode(piece);
      if (number % 2) {
        part = document.createElement("a");
        part.href = "tel:" + piece;
        part.textContent = piece;
      }
      where.appendChild(part);
    });
  }

  function showGrounds(where, sources) {
    if (!sources.length) {
      remove(where);
      return;
    }
    var line = where.querySelector("li");
    sources.forEach(function (source) {
      var one = line.cloneNode(true);
      one.querySelector(".cite").textContent = source.cite;
      one.querySelector(".dates").textContent = source.dates;
      line.parentNode.appendChild(one);
    });
    remove(line);
  }

  function choicesOf(message) {
    var choices = copyOf("choices");
    var button = choices.querySelector("button");
    choices.querySelector("input").value = newId();
    message.choices.forEach(function (label, number) {
      var one = button.cloneNode(true);
      one.value = label;
      one.classList.toggle("aside", message.asides.indexOf(label) >= 0);
      one.querySelector(".number").textContent = number + 1;
      one.querySelector(".label").textContent = label;
      choices.appendChild(one);
    });
    remove(button);
    return choices;
  }

  function dropChoices() {
    document.querySelectorAll("main .choices").forEach(remove);
  }

  function hideChoices(hidden) {
    document.querySelectorAll("main .choices").forEach(function (one) { one.hidden = hidden; });
  }

  function begun() {
    leave.hidden = false;
    var small = document.querySelector(".hello .small");
    if (small) remove(small);
  }

  function saidWith(id) {
    return log.querySelector('[data-client="' + id + '"]');
  }

  function state(id, words, again) {
    var item = saidWith(id);
    if (!item) return;
    var place = item.querySelector(".state");
    place.textContent = words;
    if (again) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "again";
      button.textContent = "Gửi lại ngay";
      place.appendChild(document.createTextNode(" "));
      place.appendChild(button);
    }
  }

  function say(words) {
    if (trouble.textContent !== words) trouble.textContent = words;
  }

  function nearEnd() {
    return window.innerHeight + window.pageYOffset > document.documentElement.scrollHeight - 200;
  }

  // Sending: one after the other, until each is answered.

  function send(text) {
    var message = { id: newId(), text: text };
    queue.push(message);
    keep("queue", queue);
    var item = showSaid(message);
    hideChoices(true);
    item.scrollIntoView({ block: "start" });
    form.dispatchEvent(new Event("sent")); // whoever still listens to a microphone stops
    pump();
    return item;
  }

  function pump() {
    clearTimeout(timer);
    if (sending || !queue.length) return;
    sending = true;
    busy.hidden = false;
    post(queue[0]).then(settled, unreached).then(function () {
      sending = false;
      if (!queue.length) busy.hidden = true;
    }).then(function () {
      if (queue.length && !failures && !queue[0].accepted) pump();
    });
  }

  function post(message) {
    var stop = window.AbortController ? new AbortController() : null;
    var alarm = stop && setTimeout(function () { stop.abort(); }, PATIENCE);
    return fetch(address, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ client_id: message.id, text: message.text }),
      signal: stop ? stop.signal : undefined
    }).then(function (response) {
      return response.json().then(function (content) {
        clearTimeout(alarm);
        return { status: response.status, content: content };
      });
    });
  }

  function settled(answer) {
    var message = queue[0];
    if (answer.status >= 500 || answer.status === 429) return unreached();
    failures = 0;
    say("");
    if (answer.status === 410) return beginAnew(message.text);
    if (answer.status >= 400) return refused(message, answer.content.error || UNREACHED);
    if (answer.status === 202) {
      message.accepted = true;
      state(message.id, "Đã tới, đang tìm câu trả lời…");
      timer = setTimeout(pump, 2000); // asking again with the same id waits for the answer
      return undefined;
    }
    queue.shift();
    keep("queue", queue);
    answered(message, answer.content);
    return undefined;
  }

  function answered(message, content) {
    var item = saidWith(message.id);
    if (item) {
      item.querySelector(".state").textContent = "";
      stamp(item, content.at, content.clock);
      item.querySelector(".text").textContent = content.quoted;
      item.querySelector(".text").classList.toggle("gone", content.gone);
    }
    if (content.gone && content.first) forgetBefore(content.first, item);
    content.messages.forEach(showTold);
    if (!content.messages.length) hideChoices(false);
    if (item) item.scrollIntoView({ block: "start" });
    listen();
  }

  function forgetBefore(first, except) {
    Array.prototype.slice.call(log.children).some(function (item) {
      if (Number(item.dataset.id) >= first) return true;
      if (item !== except) remove(item);
      return item === except;
    });
  }

  function unreached() {
    failures += 1;
    busy.hidden = true;
    say(navigator.onLine === false ? OFFLINE : UNREACHED);
    queue.forEach(function (message) { state(message.id, "Chưa gửi được.", true); });
    timer = setTimeout(pump, Math.min(30, Math.pow(2, failures)) * 1000);
  }

  function refused(message, words) {
    queue.shift();
    keep("queue", queue);
    state(message.id, "Chưa gửi.");
    say(words);
    hideChoices(false);
    if (!field.value) type(message.text);
  }

  function beginAnew(text) {
    keep("queue", []);
    keep("draft", text);
    location.reload();
  }

  // What comes later: a stream while somebody looks at the page.

  function listen() {
    if (!window.EventSource || stream || document.hidden || !log.children.length) return;
    stream = new EventSource(form.dataset.events + "?after=" + last);
    stream.onopen = function () { streamFailures = 0; };
    stream.onmessage = function (event) { arrived(JSON.parse(event.data)); };
    stream.addEventListener("ended", function () { forgetAll(); location.reload(); });
    stream.addEventListener("elsewhere", hush);
    stream.onerror = function () {
      if (!stream || stream.readyState !== 2) return; // otherwise the browser tries again by itself
      hush();
      streamFailures += 1;
      setTimeout(listen, Math.min(60, 5 * streamFailures) * 1000);
    };
  }

  function hush() {
    if (stream) stream.close();
    stream = null;
  }

  function arrived(message) {
    var waiting = document.getElementById("waiting");
    var follow = nearEnd();
    var item = showTold(message);
    if (!item) return;
    if (waiting) remove(waiting);
    if (queue.length && queue[0].accepted) pump();
    else if (follow) item.scrollIntoView({ block: "nearest" });
    else fresh.hidden = false;
  }

  // Typing.

  function type(text) {
    field.value = text;
    grow();
    keep("draft", text);
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = Math.max(48, Math.min(field.scrollHeight + 2, 152)) + "px";
  }

  function submit() {
    var text = field.value.trim();
    if (!text) {
      field.focus();
      return;
    }
    if (text.length > longest) {
      say("Tin dài " + text.length + " ký tự, nhiều nhất là " + longest + ". Anh/chị chia thành vài tin giúp em ạ.");
      return;
    }
    type("");
    say("");
    send(text);
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    submit();
    field.focus({ preventScroll: true });
  });

  field.addEventListener("input", function () {
    grow();
    keep("draft", field.value);
  });

  field.addEventListener("keydown", function (event) {
    // While an input method composes a letter, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    if (button.closest(".choices")) {
      event.preventDefault();
      send(button.value).focus({ preventScroll: true });
    } else if (button.classList.contains("copy")) {
      copy(button, "Đã chép");
    } else if (button.classList.contains("share")) {
      share(button);
    } else if (button.classList.contains("again")) {
      pump();
    } else if (button === fresh) {
      fresh.hidden = true;
      log.lastElementChild.scrollIntoView({ block: "start" });
    }
  });

  // Copying and sharing an answer together with its grounds.

  function printed(item) {
    var lines = [item.querySelector(".text").textContent];
    item.querySelectorAll(".grounds li").forEach(function (line) {
      lines.push("Căn cứ: " + line.querySelector(".cite").textContent + " (" + line.querySelector(".dates").textContent + ")");
    });
    lines.push("Trợ lý tự động của UBND " + form.dataset.name + ": " + location.origin + location.pathname);
    return lines.join("\n");
  }

  function copy(button, done) {
    var text = printed(button.closest(".told"));
    var copied = navigator.clipboard && window.isSecureContext
      ? navigator.clipboard.writeText(text).catch(function () { return copyTheOldWay(text); })
      : copyTheOldWay(text);
    Promise.resolve(copied).then(function () { tell(button, done); }, function () { tell(button, "Chưa chép được"); });
  }

  function copyTheOldWay(text) {
    var area = document.createElement("textarea");
    area.className = "unseen";
    area.value = text;
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    remove(area);
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  }

  function share(button) {
    if (!navigator.share) {
      copy(button, "Đã chép, mời dán vào Zalo");
      return;
    }
    navigator.share({ text: printed(button.closest(".told")) }).catch(function (error) {
      if (error.name !== "AbortError") copy(button, "Đã chép, mời dán vào Zalo");
    });
  }

  function tell(button, words) {
    var label = button.querySelector("span");
    if (!label.dataset.usual) label.dataset.usual = label.textContent;
    label.textContent = words;
    spoken.textContent = words;
    setTimeout(function () {
      label.textContent = label.dataset.usual;
      spoken.textContent = "";
    }, 3000);
  }

  // Network, tabs, the end of a session.

  function forgetAll() {
    queue = [];
    keep("queue", []);
    keep("draft", "");
  }

  leave.querySelector("form").addEventListener("submit", function () {
    forgetAll();
    hush();
  });

  window.addEventListener("offline", function () { say(OFFLINE); });
  window.addEventListener("online", function () {
    say("");
    failures = 0;
    pump();
    listen();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      hush();
    } else {
      listen();
      pump();
    }
  });
  window.addEventListener("scroll", function () {
    if (!fresh.hidden && nearEnd()) fresh.hidden = true;
  }, { passive: true });

  // The beginning: take up what a reload interrupted.

  queue = queue.filter(function (message) {
    var shown = saidWith(message.id);
    return !shown || shown.hasAttribute("data-waiting");
  });
  keep("queue", queue);
  queue.forEach(function (message) {
    message.accepted = false;
    if (!saidWith(message.id)) showSaid(message);
  });
  if (!field.value) type(recall("draft", ""));
  if (navigator.onLine === false) say(OFFLINE);
  if (log.lastElementChild && !location.hash) log.lastElementChild.scrollIntoView({ block: "nearest" });
  if (window.parent !== window) window.parent.postMessage("danhoi: here", "*"); // tells the bubble that it may stay
  pump();
  listen();
})();
