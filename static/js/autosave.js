// Saves a form by itself, a few seconds after the last change. The form works without this file.
//
//   <form method="post" data-autosave>          with a hidden field `revision`; its address answers a field `autosave`
//   <p role="status" data-autosave-status>      in the form: where it says when it saved, or why not
//
// The answer is {revision, refused: {name: why}, waiting: [name], sentence}, or with 409 {sentence}: then somebody
// else has saved or the return is locked, and nothing is sent by itself any more. What is typed stays in the page.

const WAIT = 3000;
const RETRY = 15000;
const OUR_OWN = new Set(["csrfmiddlewaretoken", "revision", "autosave"]);

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.saved = this.read();
    for (const kind of ["input", "change", "gridchange"]) form.addEventListener(kind, () => this.changed());
    form.addEventListener("submit", (event) => this.beforeSubmit(event));
    addEventListener("pageshow", () => (this.leaving = false));
    addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.isChanged()) event.preventDefault();
    });
    // A page that is put aside saves at once what is waiting.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.timer) this.save();
    });
    this.say("Changes are saved by themselves.");
  }

  // Every field as text, by name. A box that is ticked counts, one that is not does not.
  read() {
    const found = new Map();
    for (const [name, value] of new FormData(this.form)) {
      if (!OUR_OWN.has(name)) found.set(name, (found.has(name) ? `${found.get(name)}\n` : "") + value);
    }
    return found;
  }

  isChanged() {
    const now = this.read();
    return [...new Set([...now.keys(), ...this.saved.keys()])].some((name) => now.get(name) !== this.saved.get(name));
  }

  changed() {
    if (this.stopped) return;
    this.after(WAIT);
  }

  after(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), time);
  }

  async save() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.stopped || this.leaving || this.sending || !this.isChanged()) return;
    const sent = this.read();
    const before = JSON.stringify([...sent]);
    // What was left out last time is not asked again until something else is typed.
    if (before === this.tried) return;
    const body = new FormData(this.form);
    body.set("autosave", "yes");
    this.sending = this.send(body, sent, before);
    await this.sending;
    this.sending = undefined;
    if (!this.stopped && this.isChanged() && JSON.stringify([...this.read()]) !== this.tried) this.after(WAIT);
  }

  async send(body, sent, before) {
    let answer;
    let said;
    try {
      answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
    } catch {
      this.say("Not saved: no connection. What you typed is still here, and is tried again.", true);
      this.after(RETRY);
      return;
    }
    if (said && answer.ok) {
      this.tried = before;
      this.keep(said, sent);
    } else {
      this.stopped = true;
      this.say(`Not saved: ${said?.sentence ?? "the portal did not take it. Save with the button below."}`, true);
    }
  }

  keep(said, sent) {
    this.form.elements.revision.value = said.revision;
    const left = new Set([...Object.keys(said.refused), ...said.waiting]);
    for (const [name, value] of sent) if (!left.has(name)) this.saved.set(name, value);
    for (const name of [...this.saved.keys()]) if (!sent.has(name)) this.saved.delete(name);
    for (const field of this.form.elements) {
      if (!field.name || OUR_OWN.has(field.name) || left.has(field.name)) continue;
      if (["text", "textarea"].includes(field.type)) field.defaultValue = sent.get(field.name) ?? field.defaultValue;
      field.closest(".money-cell")?.removeAttribute("data-changed");
      this.explain(field, "");
    }
    for (const [name, why] of Object.entries(said.refused)) this.explain(this.form.elements[name], why);
    this.form.dispatchEvent(new CustomEvent("autosaved"));
    this.say(said.sentence, Object.keys(said.refused).length > 0);
  }

  // Why a box was refused, beside it, in the words that the page itself would use.
  explain(field, why) {
    const old = document.getElementById(`${field?.id}-error`);
    if (!field?.id || (!why && !old)) return;
    const box = field.closest(".money-cell") ?? field.closest(".govuk-form-group");
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== `${field.id}-error`);
    old?.remove();
    box?.classList.toggle("money-cell--error", Boolean(why));
    if (why) {
      const told = document.createElement("p");
      told.className = "money-cell__error";
      told.id = `${field.id}-error`;
      told.textContent = why;
      box?.append(told);
      others.push(told.id);
      field.setAttribute("aria-invalid", "true");
    } else {
      box?.classList.remove("govuk-form-group--error");
      field.classList.remove("govuk-input--error", "govuk-textarea--error", "govuk-select--error");
      field.removeAttribute("aria-invalid");
    }
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
  }

  // The person's own save waits for one that is under way: otherwise it would come with an old revision.
  beforeSubmit(event) {
    clearTimeout(this.timer);
    if (!this.sending) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    this.sending.then(() => {
      this.leaving = true;
      this.form.requestSubmit(event.submitter);
    });
  }

  say(sentence, isTrouble = false) {
    if (!this.status) return;
    this.status.textContent = sentence;
    this.status.classList.toggle("portal-autosave--trouble", isTrouble);
  }
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
