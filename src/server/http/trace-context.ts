// The W3C trace context of a request, as far as it is well-formed: what is not would end in a foreign server's log.
import type { IncomingHttpHeaders } from 'node:http';

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-[!-~]*)?$/;
const TRACESTATE = /^[\x20-\x7e\t]{1,512}$/;

const NONE = {};

export function traceContext(headers: IncomingHttpHeaders): { readonly [header: string]: string } {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string' || !isTraceparent(traceparent)) return NONE;
  return typeof tracestate === 'string' && TRACESTATE.test(tracestate)
    ? { traceparent, tracestate }
    : { traceparent };
}

function isTraceparent(text: string): boolean {
  const [, version, trace = '', parent = '', more] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === 'ff' || text.length > 512) return false;
  // Only later versions may have more fields.
  return !/^0*$/.test(trace) && !/^0*$/.test(parent) && (version !== '00' || more === undefined);
}
