using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Documentation;

/// <summary>What the guides tell people to type works, from the first line of a page to its last, on a fresh server.</summary>
public sealed class DocumentedCommandsTests(ITestOutputHelper output)
{
    // What stands in the guides for the reader's own server.
    private const string AddressInPages = "http://127.0.0.1:8470";
    private const string SecondAddressInPages = "127.0.0.1:8480";
    private const string S3PortInPages = "8471";

    // Programs of the system, as on a machine of a reader, without settings of this one. Other terminals are closed at the end.
    private const string Terminal = """
        export PATH="$(dirname "$(command -v hutch)"):/usr/bin:/bin" AWS_EC2_METADATA_DISABLED=true
        unset AWS_CA_BUNDLE AWS_PROFILE
        trap 'kill -- $(jobs -p | sed s/^/-/) || true' EXIT
        set -x

        """;

    public static TheoryData<string> Pages =>
    [
        .. Directory.EnumerateFiles(Folder, "*.md", SearchOption.AllDirectories).Where(page => PageScript.Read(File.ReadAllText(page)).Length > 0)
            .Select(page => Path.GetRelativePath(Folder, page)),
    ];

    private static string Folder => Path.Combine(HutchExecutable.RepositoryRoot, "docs");

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_commands_of_a_guide_work(string page)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        using TemporaryFolder folder = new();
        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], ct, "--set", "sites.listen=127.0.0.1:0");
        CommandLine person = new(folder["home"], folder["work"]);
        string script = PageScript.Read(await File.ReadAllTextAsync(Path.Combine(Folder, page), ct))
            .Replace(AddressInPages, server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace(SecondAddressInPages, $"127.0.0.1:{LoopbackPort.FindFree()}", StringComparison.Ordinal)
            .Replace("/srv/hutch", server.DataFolder, StringComparison.Ordinal)
            .Replace("/var/lib/hutch", server.DataFolder, StringComparison.Ordinal)
            .Replace("/backup/hutch", folder["backup"], StringComparison.Ordinal)
            .Replace("/srv/", folder[""] + "/", StringComparison.Ordinal)
            .Replace(S3PortInPages, $"{server.S3.Port}", StringComparison.Ordinal);

        CommandResult result = await person.RunShellAsync(Terminal + script, ct);

        output.WriteLine(result.Output);
        output.WriteLine(result.Errors);
        result.AssertDone();
    }
}
