// What can go wrong on the way to the server, sorted by what the page does about it.

import { Code, ConnectError } from '@connectrpc/connect';

const RETRY_HEADER = 'grpc-retry-pushback-ms';

/** The server cannot be reached, or the connection broke; trying again helps once it is back. */
export function isAway(error: unknown): boolean {
  const failure = ConnectError.from(error);
  // fetch() throws a TypeError; a stream that ends without its status was cut.
  return failure.code === Code.Unavailable || failure.cause instanceof TypeError || /missing (trailer|status)|premature|network/i.test(failure.rawMessage);
}

const is = (code: Code) => (error: unknown): boolean => ConnectError.from(error).code === code;

/** The session is not in the server: it expired, or the server was started anew. */
export const isGone = (error: unknown): boolean => is(Code.NotFound)(error) && /session/i.test(ConnectError.from(error).rawMessage);
export const isNotFound = is(Code.NotFound);
/** What was sent is wrong. */
export const isRefused = is(Code.InvalidArgument);
export const needsKey = is(Code.Unauthenticated);
/** A newer step took over, and has this one's prompts. */
export const isSuperseded = is(Code.Aborted);
export const isCancelled = is(Code.Canceled);
/** The server had no room, or waited too long; the same may work later. */
export const isBusy = (error: unknown): boolean => is(Code.ResourceExhausted)(error) || is(Code.DeadlineExceeded)(error);
/** There is nothing to undo, the segment is locked, and the like. */
export const isWrongState = is(Code.FailedPrecondition);

/** Milliseconds after which to try again, where the server says so. */
export function retryAfter(error: unknown): number | null {
  const wait = Number(ConnectError.from(error).metadata.get(RETRY_HEADER) ?? NaN);
  return is(Code.ResourceExhausted)(error) && Number.isFinite(wait) ? wait : null;
}

/** The server's words, or the page's own, for people. */
export function wordsOf(error: unknown): string {
  if (error instanceof ConnectError) {
    const words = error.rawMessage;
    return words.charAt(0).toUpperCase() + words.slice(1);
  }
  return error instanceof Error ? error.message : String(error);
}
