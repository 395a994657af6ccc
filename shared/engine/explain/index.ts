export { type Explained, explainDecision, whyOf } from "./decision.ts";
export {
  sentenceOfAction,
  sentenceOfOutcome,
  sentenceOfProposal,
  sentenceOfSignal,
  sentenceOfStep,
} from "./sentences.ts";
export { type Summary, summaryOf } from "./summary.ts";
