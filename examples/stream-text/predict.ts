// Reads a text sentence by sentence, with wink-nlp: how the sentence feels, and the names, dates and amounts in it.
// predict() is a generator: each sentence is an output of its own, handed on as soon as it is done.
import { setImmediate } from 'node:timers/promises';
import { definePredictor } from 'pawl';
import model from 'wink-eng-lite-web-model';
import winkNLP, { type Detail } from 'wink-nlp';
import { z } from 'zod';

const Sentence = z.object({
  text: z.string(),
  sentiment: z.number().describe('-1 (bad) to 1 (good)'),
  entities: z.array(z.object({ text: z.string(), type: z.string() })),
});

export default definePredictor({
  input: z.object({
    text: z.string().min(1).max(100_000).describe('English text'),
  }),
  // A list in the schema; a generator gives its items one by one.
  output: z.array(Sentence),

  setup() {
    return { nlp: winkNLP(model) };
  },

  async *predict({ text }, scope) {
    const { nlp } = scope.state;
    const sentences = nlp.readDoc(text).sentences();
    console.log(`${sentences.length()} sentences`);
    for (let index = 0; index < sentences.length(); index += 1) {
      const sentence = sentences.itemAt(index);
      const entities = sentence.entities().out(nlp.its.detail) as unknown as Detail[];
      yield {
        text: sentence.out().trim(),
        sentiment: Number(sentence.out(nlp.its.sentiment)),
        entities: entities.map(({ value, type }) => ({ text: value, type })),
      };
      // Between two sentences others get their turn: the cancel that stops a long text, for one.
      await setImmediate();
      scope.signal.throwIfAborted();
    }
  },
});
