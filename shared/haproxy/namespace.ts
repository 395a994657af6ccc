/** Of CloudWatch's, where a fleet's minutes are: `Requests` a minute, `RequestsPerTarget`, `HealthyHosts`, by `Stage` and `Fleet`. */
export const haproxyNamespace = "Tidegate/HAProxy";
