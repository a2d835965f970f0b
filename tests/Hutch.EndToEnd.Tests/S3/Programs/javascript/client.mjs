// The AWS SDK for JavaScript as it comes: checksums by default, multipart, presigned addresses, paginators.
import { randomBytes } from "node:crypto";
import assert from "node:assert/strict";
import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command,
  NoSuchKey, PutObjectCommand, S3Client, paginateListObjectsV2, waitUntilObjectExists,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const Bucket = "from-javascript";
const s3 = new S3Client({ endpoint: process.env.S3_URL, region: "us-east-1", forcePathStyle: true });

await s3.send(new CreateBucketCommand({ Bucket }));
await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: "hello", ContentType: "text/plain", Metadata: { color: "red" } }));
const small = await s3.send(new GetObjectCommand({ Bucket, Key: "small" }));
assert.equal(await small.Body.transformToString(), "hello");
assert.equal(small.Metadata.color, "red");
assert.ok(small.ChecksumCRC32, "the checksum that the SDK sent by itself comes back");

const large = randomBytes(12_000_000);
await new Upload({ client: s3, params: { Bucket, Key: "large", Body: large }, partSize: 5 << 20, queueSize: 4 }).done();
await waitUntilObjectExists({ client: s3, maxWaitTime: 10 }, { Bucket, Key: "large" });
const back = Buffer.from(await (await s3.send(new GetObjectCommand({ Bucket, Key: "large" }))).Body.transformToByteArray());
assert.ok(back.equals(large));
const range = await s3.send(new GetObjectCommand({ Bucket, Key: "large", Range: "bytes=5242870-5242889" }));
assert.ok(Buffer.from(await range.Body.transformToByteArray()).equals(large.subarray(5242870, 5242890)));

await s3.send(new CopyObjectCommand({ Bucket, Key: "copy of small", CopySource: `${Bucket}/small` }));
const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "copy of small" }), { expiresIn: 60 });
assert.equal(await (await fetch(url)).text(), "hello");

for (let i = 0; i < 12; i++) await s3.send(new PutObjectCommand({ Bucket, Key: `many/${i}`, Body: `${i}` }));
const keys = [];
for await (const page of paginateListObjectsV2({ client: s3, pageSize: 5 }, { Bucket, Prefix: "many/" })) keys.push(...page.Contents.map((o) => o.Key));
assert.equal(keys.length, 12);
await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
assert.equal((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "many/" }))).KeyCount, 0);
await assert.rejects(s3.send(new GetObjectCommand({ Bucket, Key: "nothing" })), NoSuchKey);
await assert.rejects(s3.send(new HeadObjectCommand({ Bucket, Key: "nothing" })));
console.log("done");
