namespace Hutch.Cluster.Bytes.Collecting;

/// <param name="PackAsync">Packs the waiting rows, unless another server already does so.</param>
internal sealed record CollectedBucket(
    IObjectStore Objects, MemberView View, PackFetch Packs, Func<CancellationToken, Task> PackAsync, TimeProvider Time)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns when every server has applied the rows up to the given one, and all of them are in packs.</summary>
    public async Task WaitForPackedAsync(IAppliedRows rows, long row, CancellationToken ct)
    {
        while (await rows.ReadLeastAppliedAsync(ct) < row)
        {
            await PackAsync(ct);
            await Task.Delay(AskEvery, Time, ct);
        }
    }
}
