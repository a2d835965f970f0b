using Amazon.Runtime;
using Amazon.S3;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Ceph;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>A data folder whose sealed segments are in a bucket of Ceph's gateway.</summary>
public sealed class BucketFolderTests(CephStore ceph)
{
    private const int Refused = 2;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_machine_is_rebuilt_from_the_bucket_which_one_server_owns_and_tar_reads()
    {
        using TemporaryFolder folder = new();
        string bucket = await MakeBucketAsync();
        string configuration = Configure(folder, bucket);
        CommandLine operating = new(folder["people", "operator", "home"], folder["people", "operator", "work"]);
        string token;
        string lost = folder["lost"];
        await using (ServerProcess first = await ServerProcess.StartReadyAsync(lost, Ct, "--config", configuration))
        {
            token = await first.ReadAdminTokenAsync(Ct);
            using Account ada = new(first, "admin", token, folder["people", "first"]);
            (await ada.RunShellAsync(
                """
                mkdir scan && cd scan
                for size in 1 4097 248001 3000017 9000001; do head -c $size /dev/urandom >"frames µ $size.bin"; done
                hutch init --name scan && hutch push
                """,
                Ct)).AssertDone();

            // Nothing is on the local disk alone any more, and nothing is cached there.
            string[] Local() => Directory.GetFiles(Path.Combine(lost, "segments"), "*.tar");
            while (Local().Length > 0)
            {
                await Task.Delay(100, Ct);
            }

            (await ada.RunShellAsync("hutch clone scan copy && diff -r --exclude .hutch scan copy && cp -r scan ../../scan", Ct)).AssertDone();
            CommandResult second = await operating.RunAsync(
                Ct, "serve", "--config", configuration, "--data", folder["second"], "--http", $"127.0.0.1:{LoopbackPort.FindFree()}", "--s3", "off");
            Assert.Equal(Refused, second.ExitCode);
            Assert.Contains("belongs to a data folder", second.Errors, StringComparison.Ordinal);

            // The mirror has this one, if it is still in an open segment.
            (await ada.RunShellAsync("cd scan && echo last >last && hutch push && cp last ../../../scan", Ct)).AssertDone();
            await first.KillAsync();
        }

        Directory.Delete(lost, recursive: true);
        string rebuilt = folder["rebuilt"];
        (await operating.RunAsync(Ct, "rebuild", "--from-bucket", "--config", configuration, "--data", rebuilt)).AssertDone();
        await using ServerProcess again = await ServerProcess.StartReadyAsync(rebuilt, Ct, "--config", configuration);
        using Account returned = new(again, "admin", token, folder["people", "again"]);
        (await returned.RunShellAsync(
            "hutch clone scan copy && diff -r --exclude .hutch ../../scan copy && cd copy && echo later >later && hutch push", Ct)).AssertDone();

        (await operating.RunShellAsync(
            $"""
            export AWS_ACCESS_KEY_ID={ceph.AccessKey} AWS_SECRET_ACCESS_KEY={ceph.SecretKey} AWS_DEFAULT_REGION=us-east-1
            aws --endpoint-url http://127.0.0.1:{ceph.Port} s3 cp --quiet --recursive s3://{bucket}/hutch/segments copy
            mkdir segments && find copy -name '*.tar' -exec mv {"{}"} segments/ \;
            {HutchExecutable.RepositoryRoot}/deploy/salvage/salvage.sh segments out
            diff -r --exclude .hutch --exclude later ../../scan out/admin/scan
            """,
            Ct)).AssertDone();
    }

    private async Task<string> MakeBucketAsync()
    {
        await ceph.ReadyAsync();
        string bucket = "folder-" + Guid.NewGuid().ToString("N");
        using AmazonS3Client client = new(
            new BasicAWSCredentials(ceph.AccessKey, ceph.SecretKey),
            new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{ceph.Port}", ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutBucketAsync(bucket, Ct);
        return bucket;
    }

    private string Configure(TemporaryFolder folder, string bucket)
    {
        string key = folder["bucket.key"];
        File.WriteAllText(key, $"aws_access_key_id = {ceph.AccessKey}\naws_secret_access_key = {ceph.SecretKey}\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(
            folder["hutch.yaml"],
            $$"""
            site:
              segments: {segmentBytes: 4 MiB}
            storage:
              bucket:
                address: s3://127.0.0.1:{{ceph.Port}}/{{bucket}}
                prefix: hutch/
                keyFile: {{key}}
                cacheBytes: 0
                reserveBytes: 0
                sealAfterSeconds: 1
                aloneSeconds: 5
            """);
        return folder["hutch.yaml"];
    }
}
