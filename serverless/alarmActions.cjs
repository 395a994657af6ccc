// Whom the alarms on Tidegate itself tell: the SNS topic of `--param alarmTopic=ARN`, or nobody.
module.exports = async ({ resolveVariable }) => {
  const topic = await resolveVariable("param:alarmTopic, ''");
  return topic === "" ? [] : [topic];
};
