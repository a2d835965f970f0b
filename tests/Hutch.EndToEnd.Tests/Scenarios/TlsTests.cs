using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Certificates, and the proxy of the documentation, with real clients and a real nginx.</summary>
public sealed partial class TlsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_each_door_a_client_trusts_a_server_only_by_its_fingerprint_or_an_authority()
    {
        using TemporaryFolder folder = new();
        (int port, int s3) = (LoopbackPort.FindFree(), LoopbackPort.FindFree());
        await using ServerProcess server = await ServerProcess.StartReadyAsync(
            folder["data"], Ct, "--https", $"127.0.0.1:{port}", "--set", $"s3.https=127.0.0.1:{s3}");
        string token = await server.ReadAdminTokenAsync(Ct);
        string fingerprint = FingerprintPattern().Match(server.Output).Value;
        CommandLine person = new(folder["home"], folder["work"]);
        string address = $"https://127.0.0.1:{port}";

        CommandResult nobody = await person.RunAsync(["login", address], token + "\n", Ct);
        CommandResult wrong = await person.RunAsync(["login", address, "--trust", fingerprint[..^1] + (fingerprint[^1] == '0' ? '1' : '0')], token + "\n", Ct);
        CommandResult none = await person.RunAsync(["login", address, "--trust", "SHA256:short"], token + "\n", Ct);
        (await person.RunAsync(["login", address, "--trust", fingerprint], token + "\n", Ct)).AssertDone();
        (await person.RunShellAsync("mkdir a && cd a && echo one > a && hutch init --name data-a && hutch push", Ct)).AssertDone();
        (await person.RunAsync(["login", address, "--ca", folder["data", "keys", "tls.crt"]], token + "\n", Ct)).AssertDone();
        (await person.RunShellAsync("hutch clone data-a b && diff a/a b/a", Ct)).AssertDone();

        using (Account admin = new(server, "admin", token, folder["admin"]))
        {
            await AssertS3DoorAsync(admin, s3);
        }

        CommandResult found = await person.RunAsync(
            Ct,
            [
                "doctor", "--json", "--data", server.DataFolder, "--set", "api.maxConnections=100", "--set", "s3.maxConnections=100",
                "--set", "server.http=none", "--set", $"server.https=127.0.0.1:{port}", "--set", "s3.address=off",
            ]);

        Assert.Contains($"--trust {fingerprint}", nobody.Errors, StringComparison.Ordinal);
        Assert.Contains("presents a different certificate", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("is not a fingerprint", none.Errors, StringComparison.Ordinal);
        Assert.All([nobody, wrong, none], result => Assert.NotEqual(0, result.ExitCode));
        JsonElement report = JsonDocument.Parse(found.Output).RootElement;
        Assert.Contains("process ", report.GetProperty("openIn").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(report.GetProperty("findings").EnumerateArray(), one => one.GetProperty("check").GetString() is "server" or "certificate");
    }

    [Fact]
    public async Task The_proxy_of_the_documentation_works_with_a_prefix_and_the_server_sees_the_client()
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.FindFree();
        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct, "--set", "server.pathPrefix=/hutch");
        CommandLine person = new(folder["home"], folder["work"]);
        (await person.RunShellAsync(
            $"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {folder["key"]} -out {folder["crt"]}", Ct)).AssertDone();
        await using PeerProcess nginx = await StartNginxAsync(folder, port, server.Address.Port);
        string address = $"https://localhost:{port}/hutch";
        (await person.RunAsync(["login", address, "--ca", folder["crt"]], await server.ReadAdminTokenAsync(Ct) + "\n", Ct)).AssertDone();
        (await person.RunShellAsync("mkdir a && cd a && head -c 20000000 /dev/urandom > big && seq 1000 > small && hutch init --name data-a && hutch push && cd .. && hutch clone data-a b && diff a/big b/big && diff a/small b/small", Ct)).AssertDone();
        CommandResult page = await person.RunShellAsync($"curl -fsS --cacert {folder["crt"]} {address}/api/v1/", Ct);
        string metrics = $"curl -sS --cacert {folder["crt"]} -o /dev/null -w '%{{http_code}}' {address}/metrics";
        CommandResult here = await person.RunShellAsync(metrics, Ct);
        CommandResult elsewhere = await person.RunShellAsync(metrics + " -H 'X-Forwarded-For: 203.0.113.9'", Ct);

        Assert.Contains("\"api\"", page.Output, StringComparison.Ordinal);
        Assert.Equal("200", here.Output);

        // Metrics are open to requests from this machine only, so a remote client of the proxy is refused.
        Assert.Equal("401", elsewhere.Output);
    }

    private static async Task AssertS3DoorAsync(Account admin, int port)
    {
        (string access, string secret) = await admin.NewS3KeyAsync(Ct);
        CommandResult listed = await admin.RunShellAsync(
            $$"""
            export AWS_ACCESS_KEY_ID={{access}} AWS_SECRET_ACCESS_KEY={{secret}} AWS_DEFAULT_REGION=us-east-1
            export AWS_CA_BUNDLE={{Path.Combine(admin.Server.DataFolder, "keys", "tls.crt")}}
            aws() { /usr/bin/aws --endpoint-url https://127.0.0.1:{{port}} --no-cli-pager "$@"; }
            aws s3 mb s3://secure
            aws s3 cp "$AWS_CA_BUNDLE" s3://secure/a
            aws s3 cp s3://secure/a - | cmp - "$AWS_CA_BUNDLE"
            aws s3 ls s3://secure
            """,
            Ct);

        Assert.EndsWith(" a\n", listed.AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains($"S3 over HTTPS at https://127.0.0.1:{port}, certificate SHA256:", admin.Server.Output, StringComparison.Ordinal);
    }

    private static async Task<PeerProcess> StartNginxAsync(TemporaryFolder folder, int port, int inner)
    {
        string page = await File.ReadAllTextAsync(Path.Combine(HutchExecutable.RepositoryRoot, "docs/operations/tls.md"), Ct);
        string server = NginxPattern().Match(page).Groups[1].Value
            .Replace("listen 443 ssl http2", $"listen 127.0.0.1:{port} ssl http2", StringComparison.Ordinal)
            .Replace("/etc/ssl/hutch.pem", folder["crt"], StringComparison.Ordinal)
            .Replace("/etc/ssl/hutch.key", folder["key"], StringComparison.Ordinal)
            .Replace("127.0.0.1:8470", $"127.0.0.1:{inner}", StringComparison.Ordinal);
        string temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {folder[name]};\n"));
        string file = folder["nginx.conf"];
        await File.WriteAllTextAsync(
            file,
            $"daemon off; master_process off; pid {folder["pid"]}; error_log {folder["error.log"]};\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{server}\n}}\n",
            Ct);
        PeerProcess nginx = await PeerProcess.StartAsync(PeerProcess.WithParent, ["/usr/sbin/nginx", "-c", file, "-p", folder[""]], Ct);
        await LoopbackPort.WaitAsync(port, Ct);
        return nginx;
    }

    [GeneratedRegex("SHA256:[0-9A-F]{64}")]
    private static partial Regex FingerprintPattern();

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex NginxPattern();
}
