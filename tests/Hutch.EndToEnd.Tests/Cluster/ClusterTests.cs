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
        CommandLine admin = site.Person("admin");
        (await admin.RunAsync(["login", a.Address.ToString()], token + "\n", Ct)).AssertDone();
        (string dataset, string access, string secret) = await ClusterSite.CreateSharedAsync(admin, Ct);
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes((9 << 20) + 17);

        await site.PutAsync(a, dataset, "small", small, Ct);
        await site.PutAsync(a, dataset, "large", large, Ct);
        await RunBotoAsync(admin, b, access, secret, $"""
            assert s3.get_object(Bucket="shared", Key="small")["Body"].read() == bytes.fromhex("{Convert.ToHexStringLower(small)}")
            assert hashlib.sha256(s3.get_object(Bucket="shared", Key="large")["Body"].read()).hexdigest() == "{Convert.ToHexStringLower(SHA256.HashData(large))}"
            s3.put_object(Bucket="shared", Key="of-boto", Body=b"written at the second server")
            """);
        byte[] ofBoto = await site.GetAsync(a, dataset, "of-boto", Ct);
        await a.KillAsync();
        await site.PutAsync(b, dataset, "after", small, Ct);
        ServerProcess joined = (await site.AddAsync(1, Ct))[0];
        byte[] after = await site.GetAsync(joined, dataset, "after", Ct);
        byte[] largeAgain = await site.GetAsync(joined, dataset, "large", Ct);
        (await admin.RunAsync(["login", joined.Address.ToString()], token + "\n", Ct)).AssertDone();
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
    public async Task Rules_for_pages_of_other_origins_hold_at_every_server_as_soon_as_they_are_put()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess[] servers = await site.AddAsync(2, Ct);
        string token = await servers.First(static server => File.Exists(Path.Combine(server.DataFolder, "admin.token"))).ReadAdminTokenAsync(Ct);
        CommandLine admin = site.Person("admin");
        (await admin.RunAsync(["login", servers[0].Address.ToString()], token + "\n", Ct)).AssertDone();
        (_, string access, string secret) = await ClusterSite.CreateSharedAsync(admin, Ct);
        using var http = new HttpClient();
        foreach (string method in (string[])["PUT", "GET", "PUT", "GET"])
        {
            await RunBotoAsync(admin, servers[0], access, secret, $$$"""
                s3.put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [{"AllowedMethods": ["{{{method}}}"], "AllowedOrigins": ["https://page.test"]}]})
                """);

            using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(servers[1].S3, "shared/file"));
            preflight.Headers.Add("Origin", "https://page.test");
            preflight.Headers.Add("Access-Control-Request-Method", method);
            using HttpResponseMessage answer = await http.SendAsync(preflight, Ct);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_session_at_a_microscope_is_cloned_at_a_server_that_does_not_watch_the_folder()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        (string sessions, string configuration) = site.Watched();
        ServerProcess watching = (await site.AddAsync(1, Ct, "--config", configuration))[0];
        ServerProcess other = (await site.AddAsync(1, Ct))[0];
        string token = await watching.ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        CommandLine admin = site.Person("admin");
        (await admin.RunAsync(["login", other.Address.ToString()], token + "\n", Ct)).AssertDone();

        CommandResult done = (await admin.RunShellAsync(
            $"""
            # The session goes on until the agent has seen that it runs: one that is over sooner ends only when nothing has changed for a day.
            hutch simulate microscope {sessions} --session demo --movies 100000 --rate 8 --frames 3 --size 512x512 &
            microscope=$!
            until hutch list demo 2>/dev/null | grep -q Movies; do sleep 0.2; done
            kill -TERM $microscope && wait $microscope
            until hutch log demo | grep -q 'Acquisition ended'; do sleep 0.2; done
            hutch clone demo copy
            diff -r --exclude SPA.yml --exclude '.hutch*' {sessions}/demo copy
            hutch servers
            """,
            Ct)).AssertDone();
        using var demo = JsonDocument.Parse((await admin.RunAsync(Ct, "info", "demo", "--json")).AssertDone().Output);
        await watching.KillAsync();
        (HttpStatusCode status, string text) = await site.TryGetAsync(
            other, demo.RootElement.GetProperty("id").GetString()!, "gain.mrc", Ct);

        Assert.Contains(watching.Address.GetLeftPart(UriPartial.Authority), done.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains($"The server \\u0027{Environment.MachineName}\\u0027 cannot be reached from this one", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_of_the_other_kind_is_refused_and_left_as_it_is()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        CommandLine person = site.Person("operator");
        ServerProcess server = (await site.AddAsync(1, Ct))[0];
        Assert.Equal(0, await server.StopAsync(Ct));
        string own = site.NewFolder();
        await using (ServerProcess embedded = await ServerProcess.StartReadyAsync(own, Ct))
        {
            Assert.Equal(0, await embedded.StopAsync(Ct));
        }

        string[] before = [.. Listing(own), .. Listing(server.DataFolder)];
        CommandResult given = await person.RunAsync(Ct, ["serve", "--data", own, "--http", "127.0.0.1:0", "--s3", "off", .. site.Options]);
        CommandResult taken = await person.RunAsync(Ct, "serve", "--data", server.DataFolder, "--http", "127.0.0.1:0", "--s3", "off");

        Assert.NotEqual(0, given.ExitCode);
        Assert.Contains("is a site of its own: it has 'segments/'", given.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, taken.ExitCode);
        Assert.Contains("Start it with --records and --objects", taken.Errors, StringComparison.Ordinal);
        Assert.Equal(before, (string[])[.. Listing(own), .. Listing(server.DataFolder)]);
    }

    [Fact]
    public async Task A_site_is_backed_up_while_it_serves_and_moves_into_a_data_folder_when_it_has_stopped()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess server = (await site.AddAsync(1, Ct))[0];
        string token = await server.ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        CommandLine admin = site.Person("admin");
        (await admin.RunAsync(["login", server.Address.ToString()], token + "\n", Ct)).AssertDone();
        (string dataset, _, _) = await ClusterSite.CreateSharedAsync(admin, Ct);
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

    [Fact]
    public async Task A_server_is_not_ready_without_its_database_and_goes_on_when_it_is_back()
    {
        await using var database = new PostgresServer();
        await using ClusterSite site = await ClusterSite.CreateAsync(database, ceph, Ct);
        ServerProcess server = (await site.AddAsync(1, Ct))[0];
        using var http = new HttpClient();

        await database.StopAsync(immediate: true);
        using HttpResponseMessage down = await http.GetAsync(new Uri(server.Address, "health/ready"), Ct);
        using HttpResponseMessage alive = await http.GetAsync(new Uri(server.Address, "health/live"), Ct);
        await database.StartAgainAsync(Ct);
        await server.WaitReadyAsync(Ct);
        string text = await http.GetStringAsync(new Uri(server.Address, "health/ready"), Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        Assert.Contains("PostgreSQL, which keeps the records of the site, cannot be used", await down.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Matches("(?m)^engine shared: PostgreSQL answers in [0-9.]+ ms, object store answers in [0-9.]+ ms, 0 records behind$", text);
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

    private static IEnumerable<string> Listing(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(static path => $"{path} {new FileInfo(path).Length}");
}
