// The keys that a launch's volumes are encrypted with: the template's, the image's, or what the account encrypts with.
import {
  DescribeSnapshotsCommand,
  type EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  type ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { DescribeKeyCommand, type KMSClient, ListGrantsCommand } from "@aws-sdk/client-kms";
import { assert, ok } from "../../../core/index.ts";
import type { DoctorClients } from "../clients.ts";
import type { Key, Template } from "../facts.ts";
import { andThen, ask, type Reading } from "../reading.ts";
import { allPages } from "./pages.ts";

/** 100 grants a page; a key holds at most 50,000. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const grantPagesMax = 500;

export async function readKeys(
  { ec2, kms }: DoctorClients,
  launch: ResponseLaunchTemplateData,
  image: Template["image"],
): Promise<Template["keys"]> {
  const volumes = (launch.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs ?? []);
  const named = volumes.flatMap(({ KmsKeyId }) => KmsKeyId ?? []);
  const snapshots = image.kind === "one" && image.read.kind === "ok" ? image.read.value.encryptedSnapshots : [];
  const needs = volumes.some(({ Encrypted, KmsKeyId }) => Encrypted && !KmsKeyId) ? "needed" : "perhaps";
  const [ofSnapshots, usual] = await Promise.all([keysOfSnapshots(ec2, snapshots), usualKeys(ec2, needs)]);
  return await andThen(ofSnapshots, (first) =>
    andThen(usual, async (second) => {
      const ids = [...new Set([...named, ...first, ...second])];
      return ok(await Promise.all(ids.map(async (id) => ({ id, read: await readKey(kms, id) }))));
    }),
  );
}

async function keysOfSnapshots(ec2: EC2Client, ids: readonly string[]): Promise<Reading<readonly string[]>> {
  if (ids.length === 0) return ok([]);
  return await ask("ec2:DescribeSnapshots", async () => {
    const { Snapshots: found = [] } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [...ids] }));
    return found.flatMap(({ KmsKeyId }) => KmsKeyId ?? []);
  });
}

/** The account's own key, where a volume is encrypted and nobody says with which. */
async function usualKeys(ec2: EC2Client, need: "needed" | "perhaps"): Promise<Reading<readonly string[]>> {
  const encrypts = await ask("ec2:GetEbsEncryptionByDefault", async () => {
    if (need === "needed") return true;
    return (await ec2.send(new GetEbsEncryptionByDefaultCommand())).EbsEncryptionByDefault ?? false;
  });
  return await andThen(encrypts, async (does) => {
    if (!does) return ok([]);
    return await ask("ec2:GetEbsDefaultKmsKeyId", async () => {
      const { KmsKeyId: id } = await ec2.send(new GetEbsDefaultKmsKeyIdCommand());
      return id === undefined ? [] : [id];
    });
  });
}

async function readKey(kms: KMSClient, KeyId: string): Promise<Reading<Key>> {
  const described = await ask("kms:DescribeKey", async () => {
    const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId }));
    assert(key !== undefined, "a key that is found is described");
    return key;
  });
  return await andThen(
    described,
    async ({ KeyManager, KeyState: state = "unknown", Arn = KeyId }): Promise<Reading<Key>> => {
      if (KeyManager === "AWS") return ok({ manager: "aws", state, grantees: ok([]) });
      return ok({ manager: "customer", state, grantees: await readGrantees(kms, Arn) });
    },
  );
}

const readGrantees = (kms: KMSClient, KeyId: string): Promise<Reading<readonly string[]>> =>
  ask("kms:ListGrants", () =>
    allPages(grantPagesMax, async (Marker) => {
      const answer = await kms.send(new ListGrantsCommand({ KeyId, Marker }));
      const found = (answer.Grants ?? []).flatMap(({ GranteePrincipal }) => GranteePrincipal ?? []);
      return { found, next: answer.NextMarker };
    }),
  );
