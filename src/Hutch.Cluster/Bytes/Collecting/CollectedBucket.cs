using Hutch.Objects;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>What a collection works on.</summary>
/// <param name="Objects">The bucket.</param>
/// <param name="View">Where members are.</param>
/// <param name="Packs">Reads packs.</param>
/// <param name="PackAsync">Packs what waits, unless another server does so anyway.</param>
/// <param name="Time">The clock.</param>
internal sealed record CollectedBucket(
    IObjectStore Objects, MemberView View, PackFetch Packs, Func<CancellationToken, Task> PackAsync, TimeProvider Time)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns when every server has applied the rows up to one, and all of them are in packs.</summary>
    public async Task WaitForPackedAsync(IAppliedRows rows, long row, CancellationToken ct)
    {
        while (await rows.ReadLeastAppliedAsync(ct) < row)
        {
            await PackAsync(ct);
            await Task.Delay(AskEvery, Time, ct);
        }
    }
}
