// The prediction as JSON text: exactly what JSON.stringify makes of prediction-object.ts. Puts together by hand what nearly
// every answer is, a success without metrics of its own; the walk over an object costs as much as the rest of an answer.
import { compose } from '../payload/compose.ts';
import type { ComposedBody } from '../payload/composed-body.ts';
import type { Prediction } from './prediction.ts';
import { type Detail, predictionObject, runtimeMetrics, timestamp } from './prediction-object.ts';

/** A body where stored values are in it. */
export function predictionText(prediction: Prediction, detail: Detail): string | ComposedBody {
  return plainText(prediction, detail) ?? compose(() => JSON.stringify(predictionObject(prediction, detail)));
}

/** Null where it is not that plain. */
function plainText(prediction: Prediction, detail: Detail): string | null {
  const { output, times } = prediction;
  const { createdAt, startedAt, completedAt } = times;
  const isPlain = prediction.status === 'succeeded' && !hasKeys(prediction.metrics) && !prediction.hasStored;
  if (!isPlain || output === undefined || startedAt === null || completedAt === null) return null;
  const input = detail === 'full' ? `"input":${JSON.stringify(prediction.shownInput)},` : '';
  const logs = prediction.logs.bytes === 0 ? '""' : JSON.stringify(prediction.logs.text);
  return (
    `{"id":"${prediction.id}","status":"succeeded",${input}"output":${JSON.stringify(output)},"logs":${logs},` +
    `"metrics":${JSON.stringify(runtimeMetrics(prediction))},"created_at":"${timestamp(createdAt)}",` +
    `"started_at":"${timestamp(startedAt)}","completed_at":"${timestamp(completedAt)}"}`
  );
}

function hasKeys(object: object): boolean {
  for (const _ in object) return true;
  return false;
}
