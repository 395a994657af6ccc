import { expect, test } from "@jest/globals";
import { refusalOf } from "../../shared/warm/index.ts";

test.each([
  "10.0.3.7",
  "172.31.0.9",
  "192.168.1.1",
  "100.64.0.1",
  // A VPC may have any range as its own.
  "52.95.1.1",
  "2a05:d018:1::7",
  "fd12::1",
])("%s may be an instance's", (address) => {
  expect(refusalOf(address)).toBe("none");
});

test.each([
  ["169.254.169.254", "link-local"],
  ["169.254.170.2", "link-local"],
  ["127.0.0.1", "this machine"],
  ["127.9.9.9", "this machine"],
  ["0.0.0.0", "no host"],
  ["224.0.0.1", "no single host"],
  ["255.255.255.255", "no single host"],
  ["::", "no host"],
  ["::1", "this machine"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local"],
  ["fd00:ec2::254", "AWS's own"],
  ["fd00:ec2::23", "AWS's own"],
  ["ff02::1", "no single host"],
  ["::ffff:169.254.169.254", "link-local"],
  ["::ffff:a9fe:a9fe", "link-local"],
  ["64:ff9b::a9fe:a9fe", "hides"],
  ["localhost", "no IP address"],
  ["metadata", "no IP address"],
  ["0xa9fea9fe", "no IP address"],
  ["2852039166", "no IP address"],
  ["169.254.169.254.", "no IP address"],
  ["", "no IP address"],
])("%s is refused", (address, because) => {
  expect(refusalOf(address)).toContain(because);
});
