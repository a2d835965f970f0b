using System.Text.RegularExpressions;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Documentation;

/// <summary>The proxy of docs/operations/production.md as it is written there, run by a real Caddy.</summary>
public sealed partial class ProductionPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_proxy_of_the_page_gives_the_portal_and_S3_with_TLS()
    {
        using TemporaryFolder folder = new();
        int portal = LoopbackPort.FindFree();
        int s3 = LoopbackPort.FindFree();
        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct);
        await using PeerProcess caddy = await StartCaddyAsync(folder, portal, s3, server);
        CommandLine person = new(folder["home"], folder["work"]);
        string authority = folder["caddy", "pki", "authorities", "local", "root.crt"];
        string token = await server.ReadAdminTokenAsync(Ct);

        (await person.RunAsync(["login", $"https://localhost:{portal}", "--ca", authority], token + "\n", Ct)).AssertDone();
        (await person.RunShellAsync(
            $$"""
            mkdir checked && head -c 20000000 /dev/urandom > checked/big
            (cd checked && hutch init && hutch push --quiet)
            hutch token create --s3 --json > key.json
            export AWS_ACCESS_KEY_ID="$(jq -r .accessKey key.json)" AWS_SECRET_ACCESS_KEY="$(jq -r .secretKey key.json)"
            export AWS_DEFAULT_REGION=us-east-1 AWS_CA_BUNDLE={{authority}}
            aws() { /usr/bin/aws --endpoint-url https://localhost:{{s3}} --no-cli-pager "$@"; }
            aws s3 cp s3://checked/big - | cmp - checked/big
            aws s3 cp checked/big s3://checked/again
            """,
            Ct)).AssertDone();
    }

    private static async Task<PeerProcess> StartCaddyAsync(TemporaryFolder folder, int portal, int s3, ServerProcess server)
    {
        string page = await File.ReadAllTextAsync(Path.Combine(HutchExecutable.RepositoryRoot, "docs/operations/production.md"), Ct);
        string sites = CaddyPattern().Match(page).Groups[1].Value
            .Replace("s3.example.org", $"https://localhost:{s3}", StringComparison.Ordinal)
            .Replace("hutch.example.org", $"https://localhost:{portal}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8470", $"127.0.0.1:{server.Address.Port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8471", $"127.0.0.1:{server.S3.Port}", StringComparison.Ordinal);
        string file = folder["Caddyfile"];

        // Certificates of an authority of its own, and nothing outside this folder and these two ports.
        await File.WriteAllTextAsync(
            file, $"{{\nadmin off\nlocal_certs\nskip_install_trust\nauto_https disable_redirects\ndefault_bind 127.0.0.1\n}}\n{sites}", Ct);
        PeerProcess caddy = await PeerProcess.StartAsync(
            PeerProcess.WithParent,
            ["/usr/bin/env", $"XDG_DATA_HOME={folder[""]}", $"XDG_CONFIG_HOME={folder[""]}", "/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", file],
            Ct);
        await LoopbackPort.WaitAsync(portal, Ct);
        await LoopbackPort.WaitAsync(s3, Ct);
        return caddy;
    }

    [GeneratedRegex("```caddy\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CaddyPattern();
}
