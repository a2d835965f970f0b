using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Federation.Copies;

/// <summary>Tells the zone now and then how far a copy is.</summary>
internal sealed class CopyTeller(ICopyLedger ledger, DatasetId dataset, long files, long bytes, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private long _toldAt;
    private long _files;
    private long _bytes;
    private long _coming;

    /// <summary>These files are here, with all that was said of them while they came.</summary>
    public void Note(IEnumerable<NamedBlob> blobs)
    {
        foreach (NamedBlob blob in blobs)
        {
            _files++;
            _bytes += blob.Size;
        }

        _coming = 0;
    }

    /// <summary>So many bytes more of files that are not whole yet are here.</summary>
    public void Note(long coming) => _coming += coming;

    public async Task<Result<Done>> TellAsync(bool isForced, CancellationToken ct)
    {
        if (!isForced && time.GetElapsedTime(_toldAt) < Every)
        {
            return Done.Value;
        }

        _toldAt = time.GetTimestamp();
        return await ledger.TellAsync(
            dataset, new CopyProgress(CopyStates.Running, null, null, files, bytes, _files, _bytes + _coming, null), ct);
    }
}
