using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>Several servers of one site as an operator runs them: real processes, PostgreSQL, and Ceph's gateway.</summary>
public sealed class ClusterTests(PostgresServer postgres, CephStore ceph)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_server_took_the_others_have_also_after_a_kill_and_with_a_server_that_joins()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess[] servers = await site.AddAsync(2, Ct);
        (ServerProcess a, ServerProcess b) = (servers[0], servers[1]);
        ServerProcess first = Assert.Single(servers, static server => File.Exists(Path.Combine(server.DataFolder, "admin.token")));
        string token = await first.ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        CommandLine admin = site.LogIn(a.Address, token);
        (string dataset, string access, string secret) = await ClusterSite.CreateSharedAsync(a, token, Ct);
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes((9 << 20) + 17);

        await site.PutAsync(a, dataset, "small", small, Ct);
        await site.PutAsync(a, dataset, "large", large, Ct);
        await RunBotoAsync(admin, b, access, secret, $"""
            assert s3.get_object(Bucket="shared", Key="small")["Body"].read() == bytes.fromhex("{Convert.ToHexStringLower(small)}")
            assert hashlib.sha256(s3.get_object(Bucket="shared", Key="large")["Body"].read()).hexdigest() == "{Convert.ToHexStringLower(SHA256.HashData(large))}"
            s3.put_object(Bucket="shared", Key="of-boto", Body=b"written at the second server")
            {Allow("PUT")}
            """);
        await AssertAllowedAsync(a, "PUT");
        await RunBotoAsync(admin, b, access, secret, Allow("GET"));
        await AssertAllowedAsync(a, "GET");
        byte[] ofBoto = await site.GetAsync(a, dataset, "of-boto", Ct);
        await a.KillAsync();
        await site.PutAsync(b, dataset, "after", small, Ct);
        ServerProcess joined = (await site.AddAsync(1, Ct))[0];
        byte[] after = await site.GetAsync(joined, dataset, "after", Ct);
        byte[] largeAgain = await site.GetAsync(joined, dataset, "large", Ct);
        site.LogIn(joined.Address, token);
        using var engine = JsonDocument.Parse((await admin.RunAsync(Ct, "servers", "--json")).AssertDone().Output);

        Assert.Equal("written at the second server"u8.ToArray(), ofBoto);
        Assert.Equal(small, after);
        Assert.Equal(large, largeAgain);
        Assert.False(File.Exists(Path.Combine(joined.DataFolder, "admin.token")));
        Assert.Contains("bytes in http://127.0.0.1:", joined.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ceph-secret", b.Output + joined.Output, StringComparison.Ordinal);
        Assert.InRange(engine.RootElement.GetProperty("servers").GetArrayLength(), 2, 3);
        Assert.All(
            engine.RootElement.GetProperty("stores").EnumerateArray(), static store => Assert.False(store.TryGetProperty("trouble", out _), store.ToString()));
    }

    [Fact]
    public async Task A_site_is_backed_up_while_it_serves_and_moves_into_a_data_folder_when_it_has_stopped()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess server = (await site.AddAsync(1, Ct))[0];
        string token = await server.ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        CommandLine admin = site.LogIn(server.Address, token);
        (string dataset, _, _) = await ClusterSite.CreateSharedAsync(server, token, Ct);
        await site.PutAsync(server, dataset, "large", RandomNumberGenerator.GetBytes((9 << 20) + 17), Ct);
        string[] create = ["backup", "create", admin.WorkingFolder + "/backup", "--data", server.DataFolder, .. Set(site.Options)];

        CommandResult serving = (await admin.RunAsync(Ct, create)).AssertDone();
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        await site.PutAsync(server, dataset, "small", small, Ct);
        Assert.Equal(0, await server.StopAsync(Ct));
        CommandResult rehearsed = await admin.RunAsync(Ct, "backup", "rehearse", "backup", "--scratch", admin.WorkingFolder);
        string[] migrate = ["migrate", admin.WorkingFolder + "/backup", "--data", server.DataFolder, .. Set(site.Options), "--to", admin.WorkingFolder + "/moved"];
        CommandResult moved = (await admin.RunAsync(Ct, migrate)).AssertDone();
        CommandResult old = await admin.RunAsync(Ct, ["serve", "--data", server.DataFolder, "--http", "127.0.0.1:0", "--s3", "off", .. site.Options]);
        await using ServerProcess inFolder = await ServerProcess.StartReadyAsync(admin.WorkingFolder + "/moved", Ct);

        Assert.Contains(", 0 B reused)", serving.Output, StringComparison.Ordinal);
        Assert.Contains("read 1 dataset with 1 file, ", rehearsed.AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains(" 2 files, ", moved.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, old.ExitCode);
        Assert.Contains("has moved to " + admin.WorkingFolder + "/moved", old.Errors, StringComparison.Ordinal);
        Assert.Equal(small, await site.GetAsync(inFolder, dataset, "small", Ct));
    }

    /// <summary>In Python: pages of another origin may send requests of a method, and of no other.</summary>
    private static string Allow(string method) =>
        $$$"""s3.put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [{"AllowedMethods": ["{{{method}}}"], "AllowedOrigins": ["https://page.test"]}]})""";

    private static async Task AssertAllowedAsync(ServerProcess server, string method)
    {
        using var http = new HttpClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(server.S3, "shared/file"));
        preflight.Headers.Add("Origin", "https://page.test");
        preflight.Headers.Add("Access-Control-Request-Method", method);
        using HttpResponseMessage answer = await http.SendAsync(preflight, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task RunBotoAsync(CommandLine person, ServerProcess server, string access, string secret, string python) =>
        (await person.RunShellAsync(
            $"""
            export AWS_ACCESS_KEY_ID={access} AWS_SECRET_ACCESS_KEY={secret} AWS_EC2_METADATA_DISABLED=true
            /usr/bin/python3 - <<'PYTHON'
            import boto3, hashlib
            s3 = boto3.client("s3", endpoint_url="{server.S3.GetLeftPart(UriPartial.Authority)}", region_name="us-east-1")
            {python}
            PYTHON
            """,
            Ct)).AssertDone();

    /// <summary>The same options for a verb without flags of its own for them.</summary>
    private static IEnumerable<string> Set(string[] options) =>
        ["--set", "engine.records=" + options[1], "--set", "engine.objects=" + options[3], .. options[4..]];
}
