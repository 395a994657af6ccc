// SDK clients that never reach a socket: what they send is answered by a function.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Clients } from "./act.ts";
import { type Answer, answerWith } from "./answered.ts";

const offline = {
  region: "eu-west-1",
  credentials: { accessKeyId: "imagined", secretAccessKey: "imagined" },
  maxAttempts: 1,
};

export function answeredClients(answer: Answer): Clients {
  const clients = {
    ec2: new EC2Client(offline),
    loadBalancer: new ElasticLoadBalancingV2Client(offline),
    metrics: new CloudWatchClient(offline),
  };
  answerWith(clients.ec2, "EC2", answer);
  answerWith(clients.loadBalancer, "ElasticLoadBalancingV2", answer);
  answerWith(clients.metrics, "CloudWatch", answer);
  return clients;
}
