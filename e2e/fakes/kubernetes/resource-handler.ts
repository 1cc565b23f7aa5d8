import { type Answer, answer } from "./answer.ts";
import { deleteCollection, deleteObject, deleteOptions } from "./deletes.ts";
import type { Identity } from "./identity.ts";
import { isMap, type JsonMap, type KubeObject } from "./json.ts";
import { listObjects } from "./lists.ts";
import { parseObject } from "./parse-body.ts";
import { type PatchRequest, patchObject } from "./patching.ts";
import { type Access, forbidden, isAllowed } from "./rbac.ts";
import type { RequestInfo } from "./request-info.ts";
import type { ResourceType } from "./resources.ts";
import { answerReview, answerTokenRequest } from "./reviews.ts";
import { scaleOf, writeScale } from "./scale.ts";
import type { ServerParts } from "./server-parts.ts";
import { badRequest, methodNotAllowed, noSuchResource, notFound } from "./status.ts";
import { asTable, wantsTable } from "./tables.ts";
import { isCreatedByUpdate } from "./traits.ts";
import { startWatch } from "./watches.ts";
import type { Target, WriteOptions } from "./writes.ts";

/** A request for a resource. */
export interface Call {
  info: RequestInfo;
  identity: Identity;
  url: URL;
  method: string;
  accept: string;
  userAgent: string;
  mediaType: string;
  body: string;
  warn: (text: string) => void;
}

/** Authorises and answers a request below /api or /apis. */
export function handleResource(parts: ServerParts, call: Call): Answer {
  const { store, registry } = parts.writes;
  const { info } = call;
  const verb = verbOf(call);
  const access: Access = { ...info, verb, resource: info.plural };
  if (!isAllowed(store, call.identity, access)) throw forbidden(call.identity, access);
  const type = registry.find(info.group, info.version, info.plural);
  if (!type) throw noSuchResource();
  const verbs = info.subresource
    ? type.discovered.subresources?.find((sub) => sub.subresource === info.subresource)?.verbs
    : type.discovered.verbs;
  if (!verbs) throw noSuchResource();
  if (!verbs.includes(verb)) throw methodNotAllowed();
  if (type.namespaced && !info.namespace && info.name) throw noSuchResource();
  switch (verb) {
    case "list":
      return answerList(parts, call, type);
    case "watch":
      return answerWatch(parts, call, type);
    case "get":
      return answerGet(parts, call, type);
    case "create":
      return answerCreate(parts, call, type);
    case "update":
    case "patch":
      return answerWrite(parts, call, type, verb);
    default:
      return answerDelete(parts, call, type, verb);
  }
}

function verbOf(call: Call): string {
  const { name } = call.info;
  const query = call.url.searchParams;
  switch (call.method) {
    case "GET":
    case "HEAD":
      if (["true", "1"].includes(query.get("watch") ?? "")) return "watch";
      return name ? "get" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return name ? "delete" : "deletecollection";
    default:
      throw methodNotAllowed();
  }
}

function targetOf(call: Call, type: ResourceType): Target {
  const { namespace, name, subresource } = call.info;
  return { type, namespace: type.namespaced ? namespace : "", name, subresource };
}

function answerList(parts: ServerParts, call: Call, type: ResourceType): Answer {
  const list = listObjects(parts.writes.store, type, call.info.namespace, call.url.searchParams);
  if (!wantsTable(call.accept)) return answer(200, list);
  return answer(200, asTable(list.items as KubeObject[], type, list.metadata as JsonMap));
}

function answerGet(parts: ServerParts, call: Call, type: ResourceType): Answer {
  const object = parts.writes.get(targetOf(call, type));
  const { subresource } = call.info;
  if (subresource === "scale") return answer(200, scaleOf(object, type));
  if (subresource === "log") return answer(200, `simulated: ${object.metadata.name} wrote nothing\n`);
  if (!wantsTable(call.accept)) return answer(200, object);
  const resourceVersion = object.metadata.resourceVersion!;
  return answer(200, asTable([object], type, { resourceVersion }));
}

function answerWatch(parts: ServerParts, call: Call, type: ResourceType): Answer {
  const query = new URLSearchParams(call.url.searchParams);
  if (call.info.name) query.set("fieldSelector", `metadata.name=${call.info.name}`);
  const table = wantsTable(call.accept);
  const { store } = parts.writes;
  return {
    stream: (write, end) =>
      startWatch(
        store,
        type,
        call.info.namespace,
        query,
        parts.watchTimes,
        (event) => {
          const isObject = event.type !== "ERROR" && event.type !== "BOOKMARK";
          const object = table && isObject ? asTable([event.object as KubeObject], type, {}) : event.object;
          write(`${JSON.stringify({ type: event.type, object })}\n`);
        },
        end,
      ),
  };
}

function answerCreate(parts: ServerParts, call: Call, type: ResourceType): Answer {
  const { writes, tokens } = parts;
  const { info } = call;
  const parsed = parseObject(call.body, call.mediaType);
  const target = targetOf(call, type);
  if (info.subresource === "token")
    return answer(201, answerTokenRequest(writes.get(target), parsed.value, tokens));
  if (info.subresource) throw methodNotAllowed();
  const review = answerReview(
    info.group,
    info.plural,
    info.namespace,
    parsed.value,
    call.identity,
    writes.store,
  );
  if (review) return answer(201, review);
  if (info.name) throw methodNotAllowed();
  if (type.namespaced && !target.namespace)
    throw badRequest("an empty namespace may not be set during creation");
  return answer(201, writes.create(target, parsed, writeOptions(call)));
}

function answerWrite(parts: ServerParts, call: Call, type: ResourceType, verb: string): Answer {
  const { writes } = parts;
  const target = targetOf(call, type);
  const options = writeOptions(call);
  const force = call.url.searchParams.get("force");
  const patch: PatchRequest = {
    mediaType: call.mediaType,
    text: call.body,
    force: force === null ? undefined : force === "true" || force === "1" || force === "",
  };
  if (target.subresource === "scale") {
    const request = verb === "update" ? { mediaType: "replace" as const, text: call.body } : patch;
    return answer(200, writeScale(writes, target, request, options));
  }
  if (target.subresource === "finalize") return answer(200, finalizeNamespace(parts, call, target));
  if (verb === "update") {
    const body = parseObject(call.body, call.mediaType);
    const isNew = !target.subresource && isCreatedByUpdate(type) && !writes.find(target);
    return isNew
      ? answer(201, writes.create(target, body, options))
      : answer(200, writes.update(target, body, options));
  }
  const { object, created } = patchObject(writes, target, patch, options);
  return answer(created ? 201 : 200, object);
}

/** The one way to change a namespace's spec.finalizers. */
function finalizeNamespace(parts: ServerParts, call: Call, target: Target): JsonMap {
  const { store } = parts.writes;
  const live = parts.writes.get(target);
  const { spec } = parseObject(call.body, call.mediaType).value;
  const next = { ...live, spec: isMap(spec) ? spec : {} };
  const isDone =
    live.metadata.deletionTimestamp &&
    !(Array.isArray(next.spec.finalizers) && next.spec.finalizers.length > 0);
  return isDone ? store.remove(target.type.storage, next) : store.put(target.type.storage, next);
}

function answerDelete(parts: ServerParts, call: Call, type: ResourceType, verb: string): Answer {
  const query = call.url.searchParams;
  const body = call.body.trim() ? parseObject(call.body, call.mediaType).value : {};
  const options = deleteOptions(body, query);
  if (verb === "deletecollection") {
    return answer(200, deleteCollection(parts.writes, type, call.info.namespace, query, options));
  }
  if (call.info.subresource) throw notFound(type, call.info.name);
  return answer(200, deleteObject(parts.writes, targetOf(call, type), options));
}

function writeOptions(call: Call): WriteOptions {
  const query = call.url.searchParams;
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All"))
    throw badRequest(`Invalid value: ${JSON.stringify(dryRun)}: dryRun must be "All"`);
  const isApply = call.mediaType.startsWith("application/apply-patch");
  const fromAgent = (call.userAgent.split("/")[0] ?? "").slice(0, 128);
  return {
    manager: query.get("fieldManager") || (isApply ? "" : fromAgent || "unknown"),
    dryRun: dryRun.length > 0,
    fieldValidation: query.get("fieldValidation") ?? "Warn",
    warn: call.warn,
  };
}
