// Doctor: what stands in a fleet's way, read-only. A face of its own, so that no other command loads its clients.
export { type DoctorClients, openClients, type Region } from "./clients.ts";
export { type Diagnosis, diagnose } from "./diagnose.ts";
export { type AwsSurveyOptions, createAwsSurvey, patientQuotas } from "./survey.ts";
