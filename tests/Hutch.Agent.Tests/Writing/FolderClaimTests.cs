using Hutch.Agent.Writing;

namespace Hutch.Agent.Tests.Writing;

/// <summary>Which installation publishes a folder.</summary>
public sealed class FolderClaimTests : IDisposable
{
    private static readonly Uri Url = new("https://hutch.example.org");
    private readonly string _folder = Directory.CreateTempSubdirectory("claim-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_that_was_claimed_before_the_server_joined_a_zone_is_still_its_own()
    {
        using var folder = MetadataFolder.Open(_folder);
        Assert.True(new FolderClaim("0000000000000001", Url).Acquire(folder).IsOk);

        var joined = new FolderClaim("0000000000000002", Url) { FormerZone = "0000000000000001" };
        var other = new FolderClaim("0000000000000002", Url);

        Assert.Equal((true, false, true), (joined.IsOwn(folder), joined.IsOfAnother(folder), joined.Acquire(folder).IsOk));
        Assert.Equal((false, true, false), (other.IsOwn(folder), other.IsOfAnother(folder), other.Acquire(folder).IsOk));
    }
}
