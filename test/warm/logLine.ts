// A line of an access log, as AWS shows them.
export const logLine = (
  request: string,
  { type = "https", status = "200", agent = "curl/7.46.0", group = "shop-web" } = {},
): string =>
  `${type} 2026-11-20T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 ` +
  `${status} ${status} 0 57 "${request}" "${agent}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ` +
  `arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/${group}/73e2d6bc24d8a067 ` +
  `"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678" ` +
  `1 2026-11-20T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "${status}" "-" "-" TID_1234abcd5678ef90`;
export const getOf = (path: string): string => `GET https://www.example.com:443${path} HTTP/1.1`;
