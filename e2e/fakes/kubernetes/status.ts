import type { Json, JsonMap } from "./json.ts";

/** One reason within an error: which field, and why. */
export interface StatusCause {
  reason: string;
  message: string;
  field: string;
}

/** What an error is about. */
export interface StatusSubject {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
}

/** An error the API answers with, as Kubernetes' Status object. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonMap | undefined;

  constructor(
    code: number,
    reason: string,
    message: string,
    subject?: StatusSubject,
    causes?: StatusCause[],
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    const kept = Object.entries({ ...subject }).filter(([, value]) => value);
    const details: JsonMap = Object.fromEntries(kept) as JsonMap;
    if (causes && causes.length > 0) details.causes = causes as unknown as Json;
    this.details = subject ? details : Object.keys(details).length > 0 ? details : undefined;
  }

  toStatus(): JsonMap {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** The resource an error names: `deployments.apps "web" not found`. */
export interface NamedResource {
  group: string;
  plural: string;
  kind: string;
}

const qualified = (name: string, group: string): string => (group ? `${name}.${group}` : name);

/** 404: no such object. */
export function notFound(resource: NamedResource, name: string): ApiError {
  const message = `${qualified(resource.plural, resource.group)} ${JSON.stringify(name)} not found`;
  return new ApiError(404, "NotFound", message, { name, group: resource.group, kind: resource.plural });
}

/** 404: no such path or resource. */
export function noSuchResource(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

/** 409: the name is taken. */
export function alreadyExists(resource: NamedResource, name: string): ApiError {
  const message = `${qualified(resource.plural, resource.group)} ${JSON.stringify(name)} already exists`;
  return new ApiError(409, "AlreadyExists", message, { name, group: resource.group, kind: resource.plural });
}

/** 409: the object has changed since it was read, or another precondition failed. */
export function conflict(resource: NamedResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource.plural, resource.group)} ${JSON.stringify(name)}: ${why}`;
  return new ApiError(409, "Conflict", message, { name, group: resource.group, kind: resource.plural });
}

/** The reason of a conflict on resourceVersion. */
export const STALE =
  "the object has been modified; please apply your changes to the latest version and try again";

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

/** 422: the object is not valid; one cause per field. */
export function invalid(resource: NamedResource, name: string, causes: StatusCause[]): ApiError {
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const message = `${qualified(resource.kind, resource.group)} ${JSON.stringify(name)} is invalid: ${text}`;
  return new ApiError(422, "Invalid", message, { name, group: resource.group, kind: resource.kind }, causes);
}

/** 410: the resource version asked for is no longer kept. */
export function gone(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}

/** 405. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
  );
}

/** 415. */
export function unsupportedMediaType(): ApiError {
  return new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
}

/** 500, as when an applied configuration does not fit its type. */
export function internal(message: string): ApiError {
  return new ApiError(500, "", message);
}
