using Hutch.Cli.DataLad;

namespace Hutch.Cli.Tests.DataLad;

/// <summary>What a clone is told of a server.</summary>
public sealed class EnabledCloneTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-clone-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_certificate_of_an_own_authority_is_believed_at_that_server_only()
    {
        var git = new GitProgram(_folder);
        await git.DoAsync(["init", "--quiet"], Ct);
        var clone = new EnabledClone(git);

        await clone.TrustAsync(new Uri("https://data.example.org:8443/some/where"), "/etc/ca.pem", Ct);

        string? here = await git.AskAsync(["config", "--get-urlmatch", "http.sslCAInfo", "https://data.example.org:8443/git/ann/data"], Ct);
        string? elsewhere = await git.AskAsync(["config", "--get-urlmatch", "http.sslCAInfo", "https://other.example.org/"], Ct);
        Assert.Equal("/etc/ca.pem", here?.Trim());
        Assert.NotEqual("/etc/ca.pem", elsewhere?.Trim());
        Assert.Equal(["git config http.https://data.example.org:8443.sslCAInfo /etc/ca.pem"], clone.Lines);
    }
}
