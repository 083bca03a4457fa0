() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const reveal = (target, flashed) => {
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
    target.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
    for (const element of flashed) {
      element.classList.remove("fn-flash");
      void element.offsetWidth;
      element.classList.add("fn-flash");
    }
  };

  const showSource = (anchor) => {
    const place = document.getElementById(anchor);
    const card = place && place.closest(".fn-card");
    if (!card) return;
    const number = anchor.split("-").pop();
    const marks = card.querySelectorAll(`mark[data-numbers~="${number}"]`);
    reveal(card, anchor.startsWith("src-") && marks.length ? [card, ...marks] : [card]);
  };

  const showReference = (anchor) => {
    const link = document.querySelector(`a[href$="#${anchor.replace("ref-", "src-")}"]`);
    if (link) reveal(link, [link]);
  };

  const copy = async (button) => {
    const plain = button.closest(".fn-turn").querySelector(".fn-plain").textContent;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(plain);
      button.textContent = "Copied";
    } catch {
      button.textContent = "The browser did not allow it";
    }
    setTimeout(() => { button.textContent = label; }, 1600);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".fn-copy");
    if (button) return void copy(button);
    const link = event.target.closest('a[href*="#src-"], a[href*="#near-"], a[href*="#ref-"]');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const anchor = link.getAttribute("href").split("#").pop();
    (anchor.startsWith("ref-") ? showReference : showSource)(anchor);
  }, true);

  let turns = 0;
  const follow = () => {
    const questions = document.querySelectorAll("#fn-chat .user-row");
    if (questions.length > turns && matchMedia("(max-width: 56rem)").matches) {
      questions[questions.length - 1].scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
    }
    turns = questions.length;
  };

  const name = () => {
    document.querySelector("#fn-question textarea")?.setAttribute("aria-label", "Your question");
    document.querySelector("#fn-question .submit-button")?.setAttribute("aria-label", "Ask");
    document.querySelector("#fn-question .stop-button")?.setAttribute("aria-label", "Stop");
    for (const link of document.querySelectorAll('#fn-chat a[href*="#src-"]:not([aria-label])')) {
      link.setAttribute("aria-label", `Source ${link.textContent.replace(/\D/g, "")}`);
      link.removeAttribute("target");
    }
    for (const message of document.querySelectorAll("#fn-chat [data-testid][aria-label]")) {
      message.removeAttribute("aria-label");
    }
    document.documentElement.lang ||= "en";
  };
  const changed = () => { name(); follow(); };
  changed();
  new MutationObserver(changed).observe(document.body, { childList: true, subtree: true });
}
