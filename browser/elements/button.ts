// button: form buttons and the open capabilities (share, authorisation) that only the shell may grant.
import { enclosing, truthy, writeAttribute, type Context, type ElementDef, type Host } from "./element";
import { resetForm, submitForm } from "./form";

async function open(el: Host, what: string, ctx: Context): Promise<void> {
  const scope = el.getAttribute("scope") ?? "";
  try {
    const data = await ctx.ask({ k: "open", what, page: ctx.page(el), at: ctx.at(el), scope, publicId: el.getAttribute("public-id") ?? "" });
    if (what === "getAuthorize") {
      ctx.emit(el, "getAuthorize", data);
      if (scope === "userInfo") ctx.emit(el, "getUserInfo", data);
      if (scope === "phoneNumber") ctx.emit(el, "getPhoneNumber", data);
    }
    if (what === "lifestyle") ctx.emit(el, "followLifestyle", data);
  } catch (e) {
    ctx.emit(el, "error", { type: what, errorMessage: (e as Error).message });
  }
}

const OPEN_TYPES = new Set(["share", "getAuthorize", "contactShare", "lifestyle"]);

export const button: ElementDef = {
  inner(el) {
    el.tabIndex = 0;
    el.setAttribute("role", "button");
    return el;
  },
  set(el, name, value) {
    if (name === "ghost") name = "plain";
    if (name !== "disabled" && name !== "loading" && name !== "plain") return false;
    writeAttribute(el, name, truthy(value));
    if (name === "disabled") {
      el.setAttribute("aria-disabled", String(truthy(value)));
      el.tabIndex = truthy(value) ? -1 : 0;
    }
    if (name === "loading") writeAttribute(el, "aria-busy", truthy(value) ? "true" : false);
  },
  disabled: (el) => el.hasAttribute("disabled"),
  tap(el, ctx) {
    const what = el.getAttribute("open-type") ?? "";
    if (OPEN_TYPES.has(what)) void open(el, what, ctx);
    const type = el.getAttribute("form-type");
    const form = type ? enclosing(el, "a_form") : null;
    if (form && type === "submit") submitForm(form, el, ctx);
    if (form && type === "reset") resetForm(form, ctx);
  },
};
