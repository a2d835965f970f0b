using Hutch.Cluster.Setup;
using Hutch.Site.Engines;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Setup;

/// <summary>What <c>hutch doctor</c> finds about a bucket.</summary>
public sealed class BucketExaminationTests : IDisposable
{
    private readonly MemoryObjectStore _objects = new();

    public void Dispose() => _objects.Dispose();

    [Fact]
    public async Task A_bucket_with_versioning_is_a_problem_because_it_keeps_purged_data()
    {
        _objects.KeepsVersions = true;

        EngineFinding finding = Assert.Single(await LookAsync());

        Assert.True(finding.IsProblem);
        Assert.Contains("keeps old versions", finding.What, StringComparison.Ordinal);
        Assert.Contains("Turn versioning off", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_keeps_none_is_fine_and_left_empty()
    {
        Assert.Empty(await LookAsync());
        Assert.Empty(_objects.Keys);
    }

    private Task<IReadOnlyList<EngineFinding>> LookAsync() =>
        new BucketExamination(() => _objects, Guid.NewGuid, TimeProvider.System).RunAsync(null, TestContext.Current.CancellationToken);
}
