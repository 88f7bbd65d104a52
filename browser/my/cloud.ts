// my.cloud.createCloudContext: the functions and containers of the merchant's own cloud, called below the address that the merchant set for
// the environment. What Alipay's cloud stores for a program (database, files) is not here.
import { callShell } from "../worker/shell";
import { badArgument, failure, type Family, notSupported, perform } from "./call";

const noArgument = 60_001, notReady = 60_002, timedOut = 60_003, noNetwork = 60_004, failed = 60_005;

/** The shell answers as my.request does; Alipay's cloud has numbers of its own. */
function cloudFailure(problem: any): any {
  const error = problem?.error === 13 ? timedOut : problem?.error === 12 ? noNetwork : failed;
  return { ...problem, error, errorMessage: String(problem?.errorMessage ?? "the cloud call failed") };
}

function called(ready: boolean, env: string, opts: any, api: string, target: string, what: string, answer: (r: any) => any): Promise<any> | undefined {
  return perform(opts, done => {
    const stop = (error: number, words: string): void => queueMicrotask(() => done(false, failure(error, words)));
    if (!env) return stop(noArgument, `${api}: env is missing`);
    if (!ready) return stop(notReady, `${api}: call init first`);
    if (!target) return stop(noArgument, `${api} needs ${what}`);
    const { success, fail, complete, config, ...plain } = opts, path = target.replace(/^\/+/, "");
    callShell(api, { method: "POST", ...plain, headers: opts.header ?? opts.headers, env, path, url: `cloud://${env}/${path}` }, (ok, data) => done(ok, ok ? answer(data) : cloudFailure(data)));
  });
}

function absent(name: string) {
  return (opts?: any) => perform(opts, done => queueMicrotask(() => done(false, failure(notSupported, `CloudContext.${name} is not supported by Souk`))));
}

function createCloudContext(given: any): object {
  const env = String((typeof given === "object" && given ? given.env : given) ?? "");
  let ready = false;
  return {
    init: (opts?: any) => perform(opts, done => queueMicrotask(() => {
      ready = env !== "";
      done(ready, ready ? {} : failure(badArgument, "createCloudContext needs env"));
    })),
    callFunction: (opts: any) => called(ready, env, opts, "callFunction", String(opts?.name ?? ""), "name", r => ({ result: r.data, requestID: String(r.headers?.["x-request-id"] ?? "") })),
    callContainer: (opts: any) => called(ready, String(opts?.config?.env ?? env), opts, "callContainer", String(opts?.path ?? ""), "path", r => ({ resultCode: r.status, resultData: r.data, header: r.headers })),
    ...Object.fromEntries(["uploadFile", "deleteFile", "downloadFile", "getTempFileURL"].map(name => [name, absent(name)])),
    database() { throw failure(notSupported, "CloudContext.database is not supported by Souk"); },
  };
}

export const cloud: Family = { createCloudContext, cloud: { createCloudContext } };
