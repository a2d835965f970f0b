using Hutch.Model;
using Hutch.Model.Histories;
using Hutch.Model.Zone;

namespace Hutch.Federation.Copies;

/// <summary>Tells the zone now and then how far a copy is.</summary>
internal sealed class CopyTeller(ICopyLedger ledger, History history, long files, long bytes, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private long _toldAt;
    private long _files;
    private long _bytes;

    /// <summary>A file is here.</summary>
    public void Note(NamedBlob blob)
    {
        _files++;
        _bytes += blob.Size;
    }

    public async Task<Result<Done>> TellAsync(bool isForced, CancellationToken ct)
    {
        if (!isForced && time.GetElapsedTime(_toldAt) < Every)
        {
            return Done.Value;
        }

        _toldAt = time.GetTimestamp();
        return await ledger.TellAsync(
            history.Dataset.Id, new CopyProgress(CopyStates.Running, null, null, files, bytes, _files, _bytes, null), ct);
    }
}
