using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.DataLad;

/// <summary>git, DataLad and git-annex as Debian has them, unmodified, read datasets of a server.</summary>
public sealed class DataLadTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("git")]
    [InlineData("datalad")]
    public async Task The_program_reads_a_public_dataset(string program)
    {
        using Account ann = await shared.NewAccountAsync(Ct);

        await DataLadScript.RunAsync(ann, program);
    }

    [Fact]
    public async Task Users_with_the_right_read_a_private_dataset_over_HTTPS()
    {
        using TemporaryFolder folder = new();
        CommandLine person = new(folder["home"], folder["work"]);
        (string certificate, string key) = (folder["crt"], folder["key"]);
        (await person.RunShellAsync(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
            + $" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {key} -out {certificate}",
            Ct)).AssertDone();
        int port = LoopbackPort.FindFree();
        await using Installation installation = await Installation.StartAsync(
            Ct, "--https", $"127.0.0.1:{port}", "--set", $"tls.certificateFile={certificate}", "--set", $"tls.keyFile={key}");

        await DataLadScript.RunAsync(
            await installation.AdminAsync(Ct), "private",
            $"export HTTPS=https://localhost:{port} CA={certificate} DOCS={HutchExecutable.RepositoryRoot}/docs");
    }
}
