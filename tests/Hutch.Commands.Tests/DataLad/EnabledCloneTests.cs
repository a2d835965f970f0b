using System.Net;
using Hutch.DataLadClient;

namespace Hutch.Commands.Tests.DataLad;

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

        string? here = await git.RequestAsync(["config", "--get-urlmatch", "http.sslCAInfo", "https://data.example.org:8443/git/ann/data"], Ct);
        string? elsewhere = await git.RequestAsync(["config", "--get-urlmatch", "http.sslCAInfo", "https://other.example.org/"], Ct);
        Assert.Equal("/etc/ca.pem", here?.Trim());
        Assert.NotEqual("/etc/ca.pem", elsewhere?.Trim());
        Assert.Equal(["git config http.https://data.example.org:8443.sslCAInfo /etc/ca.pem"], clone.Lines);
    }

    [Fact]
    public async Task Addresses_nearby_are_allowed_for_git_annex_in_this_clone_and_taken_back_alone()
    {
        var git = new GitProgram(_folder);
        await git.DoAsync(["init", "--quiet"], Ct);
        await git.DoAsync(["config", "annex.security.allowed-ip-addresses", "10.0.0.9"], Ct);
        var clone = new EnabledClone(git);

        await clone.AllowAsync("uuid", [IPAddress.Loopback, IPAddress.IPv6Loopback], Ct);
        string? allowed = await git.RequestAsync(["config", "--local", "annex.security.allowed-ip-addresses"], Ct);
        await clone.ForbidAsync("hutch.uuid", Ct);
        string? left = await git.RequestAsync(["config", "--local", "annex.security.allowed-ip-addresses"], Ct);

        Assert.Equal("10.0.0.9 127.0.0.1 ::1", allowed);
        Assert.Equal("10.0.0.9", left);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("192.168.0.1", true)]
    [InlineData("::ffff:192.168.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    public void Private_network_addresses_are_distinguished_from_others(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, PrivateAddresses.IsPrivate(IPAddress.Parse(address)));
}
