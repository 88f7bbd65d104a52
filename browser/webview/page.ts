// What a page inside <web-view> loads to speak with the mini-program around it: <script src="https://the-host/webview.js">. It makes
// `my` with the few functions that such pages have; the shell judges every call. Entry point; it uses nothing of the other programs.

type Result = Record<string, unknown>;
interface Options { success?: (r: Result) => void; fail?: (r: Result) => void; complete?: (r: Result) => void; [name: string]: unknown }

const names = `navigateTo navigateBack switchTab reLaunch redirectTo chooseImage previewImage getLocation openLocation alert showLoading hideLoading
  getNetworkType startShare tradePay`.split(/\s+/);

let last = 0;
const waiting = new Map<number, (ok: boolean, data: Result) => void>();

function call(api: string, opts: Options = {}): Promise<Result> {
  const id = ++last, plain = Object.fromEntries(Object.entries(opts).filter(([, v]) => typeof v !== "function"));
  parent.postMessage({ souk: "call", id, api, opts: plain }, "*");
  const answer = new Promise<Result>((done, refuse) => {
    waiting.set(id, (ok, data) => {
      (ok ? opts.success : opts.fail)?.(data);
      opts.complete?.(data);
      if (ok) done(data);
      else refuse(data);
    });
  });
  answer.catch(() => {}); // who gave callbacks does not look at the Promise
  return answer;
}

const my: Record<string, unknown> = {
  ...Object.fromEntries(names.map((name) => [name, (opts?: Options | string) => call(name, typeof opts === "string" ? { content: opts } : opts)])),
  postMessage: (data: unknown) => parent.postMessage({ souk: "message", data }, "*"),
  /** the page sets it, and hears what the program's web-view context posts */
  onMessage: null as ((data: unknown) => void) | null,
  getEnv: (tell: (env: { miniprogram: boolean }) => void) => { setTimeout(() => tell({ miniprogram: parent !== window })); },
};

addEventListener("message", (event: MessageEvent) => {
  if (event.source !== parent) return;
  const m = event.data as { souk?: string; id?: number; ok?: boolean; data?: Result } | null;
  if (m?.souk === "answer") {
    waiting.get(Number(m.id))?.(m.ok === true, m.data ?? {});
    waiting.delete(Number(m.id));
  } else if (typeof my.onMessage === "function") (my.onMessage as (data: unknown) => void)(event.data);
});

(window as unknown as { my: unknown }).my = my;
