// What an instance is known by, whichever world it lives in.

/** Its value is `<stage>/<fleet>`. */
export const fleetTag = "tidegate:fleet";
/** The launch action that asked for it: how a recovery finds what a lost answer brought. */
export const actionTag = "tidegate:action";
/** Whatever its value: Tidegate drains and terminates no instance that carries it. */
export const protectedTag = "tidegate:protected";
/** Put on by EC2. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html */
export const templateVersionTag = "aws:ec2launchtemplate:version";
