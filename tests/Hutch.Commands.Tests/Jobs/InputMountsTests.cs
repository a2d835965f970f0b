using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Mount;
using Hutch.Node.Attempts;
using Hutch.Testing;

namespace Hutch.Commands.Tests.Jobs;

/// <summary>Inputs that cannot be mounted, so that the attempt stages them.</summary>
public sealed class InputMountsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_failed_mount_of_an_input_is_not_an_error_of_the_attempt()
    {
        // Nothing listens there.
        using var server = new HutchClient(new Uri("http://127.0.0.1:9"), "token", DatasetMount.ClientOptions(null, null));
        await using var mounts = new InputMounts(server, _folder["cache"], forAll: false, TimeProvider.System);
        var dataset = new DatasetInfo
        {
            Id = new DatasetId(Guid.NewGuid()),
            Owner = "ada",
            Slug = "scan",
            Name = "ada/scan",
            Type = "generic",
            State = "open",
            Visibility = "private",
            Kind = "original",
            Created = default,
            HeadVersion = 1,
            Snapshots = 1,
            Files = 1,
            Bytes = 1,
        };

        Assert.False(await mounts.TryMountAsync(dataset, "1", _folder["input"], Ct));
        Assert.Null(mounts.Problem);
    }
}
