using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.DataLad;

/// <summary>The stores that DataLad itself has.</summary>
public sealed class RiaStoreTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_RIA_store_is_imported_and_written_out()
    {
        using Account ann = await shared.NewAccountAsync(Ct);

        await DataLadScript.RunAsync(ann, "store");
    }
}
