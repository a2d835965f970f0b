using System.IO.Pipelines;
using Hutch.Site.Write.Pushes;
using Hutch.Storage;

namespace Hutch.Datasets.Repositories;

/// <summary>The files of a push of git: received one at a time, and recorded in batches that share a commit. For one thread.</summary>
internal sealed class PushedBlobs(PushSessions pushes, BlobIntake intake, DatasetLanes lanes, SiteSession session) : IDisposable
{
    private const int MaxBatchBytes = 2 << 20;
    private const int MaxBatchBlobs = 256;

    private readonly List<ReceivedBlob> _batch = [];

    /// <summary>Receives the bytes of a file; they are durable after <see cref="StoreAsync"/>.</summary>
    public async Task<Entry> AddAsync(PipeReader content, long length, CancellationToken ct)
    {
        Lane lane = (await lanes.ForWritingAsync(session, ct)).Value;
        ReceivedBlob blob = (await intake.ReceiveAsync(content, length, lane, ct)).Value;
        _batch.Add(blob);
        var entry = Entry.File(blob.Hash, blob.Size);
        if (_batch.Count >= MaxBatchBlobs || _batch.Sum(static one => one.Size) >= MaxBatchBytes)
        {
            await StoreAsync(ct);
        }

        return entry;
    }

    /// <summary>Makes the received bytes durable, and lets the push name them.</summary>
    public async Task StoreAsync(CancellationToken ct)
    {
        try
        {
            if (_batch.Count > 0)
            {
                _ = (await pushes.AddAsync(session.Id, _batch, ct)).Value;
            }
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _batch.ForEach(static blob => blob.Dispose());
        _batch.Clear();
    }
}
