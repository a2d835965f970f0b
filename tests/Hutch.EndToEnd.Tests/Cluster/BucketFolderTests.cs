using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Ceph;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>A data folder whose sealed segments are in a bucket of Ceph's gateway: the settings and commands of docs/operations/bucket.md.</summary>
public sealed partial class BucketFolderTests(CephStore ceph)
{
    private const string Page = "docs/operations/bucket.md";
    private const string AddressInPage = "s3://ceph.example.org/archive";
    private const string BucketInPage = "s3://archive/";
    private const string DataInPage = "/var/lib/hutch";
    private const string KeyInPage = "/etc/hutch/bucket.key";
    private const string ConfigurationInPage = "/etc/hutch/hutch.yaml";
    private const int Refused = 2;

    // Segments are sealed and sent while the test waits.
    private static readonly string[] Small =
    [
        "--set", "site.segments.segmentBytes=4 MiB", "--set", "storage.bucket.cacheBytes=0", "--set", "storage.bucket.reserveBytes=0",
        "--set", "storage.bucket.sealAfterSeconds=1", "--set", "storage.bucket.aloneSeconds=5",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_machine_is_rebuilt_from_the_bucket_which_one_server_owns_and_tar_reads()
    {
        using TemporaryFolder folder = new();
        string bucket = await MakeBucketAsync();
        string page = await File.ReadAllTextAsync(Path.Combine(HutchExecutable.RepositoryRoot, Page), Ct);
        string configuration = Configure(folder, bucket, YamlPattern().Match(page).Groups[1].Value);
        Assert.Equal(2, CommandsPattern().Count(page));
        string[] commands = [.. CommandsPattern().Matches(page).Select(block => block.Groups[1].Value
            .Replace(ConfigurationInPage, configuration, StringComparison.Ordinal)
            .Replace(BucketInPage, $"s3://{bucket}/", StringComparison.Ordinal))];
        CommandLine operating = new(folder["people", "operator", "home"], folder["people", "operator", "work"]);
        string token;
        string data = folder["data"];
        await using (ServerProcess first = await ServerProcess.StartReadyAsync(data, Ct, ["--config", configuration, .. Small]))
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
            string[] Local() => Directory.GetFiles(Path.Combine(data, "segments"), "*.tar");
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

        Directory.Delete(data, recursive: true);
        (await operating.RunShellAsync(commands[0], Ct)).AssertDone();
        await using ServerProcess again = await ServerProcess.StartReadyAsync(data, Ct, ["--config", configuration, .. Small]);
        using Account returned = new(again, "admin", token, folder["people", "again"]);
        (await returned.RunShellAsync(
            "hutch clone scan copy && diff -r --exclude .hutch ../../scan copy && cd copy && echo later >later && hutch push", Ct)).AssertDone();

        (await operating.RunShellAsync(
            $"""
            export AWS_ACCESS_KEY_ID={ceph.AccessKey} AWS_SECRET_ACCESS_KEY={ceph.SecretKey} AWS_DEFAULT_REGION=us-east-1
            export PATH={HutchExecutable.RepositoryRoot}/deploy/salvage:$PATH
            aws() {"{"} command aws --endpoint-url http://127.0.0.1:{ceph.Port} "$@"; {"}"}
            {commands[1]}
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

    private string Configure(TemporaryFolder folder, string bucket, string yaml)
    {
        string key = folder["bucket.key"];
        File.WriteAllText(key, $"aws_access_key_id = {ceph.AccessKey}\naws_secret_access_key = {ceph.SecretKey}\n");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(
            folder["hutch.yaml"],
            yaml.Replace(AddressInPage, $"s3://127.0.0.1:{ceph.Port}/{bucket}", StringComparison.Ordinal)
                .Replace(DataInPage, folder["data"], StringComparison.Ordinal)
                .Replace(KeyInPage, key, StringComparison.Ordinal));
        return folder["hutch.yaml"];
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlPattern();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CommandsPattern();
}
