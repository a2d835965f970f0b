using Hutch.Model;
using Hutch.Site.Copies;

namespace Hutch.Federation.Homes;

/// <summary>
/// What this site reads anew of datasets for their homes, one after the other, and what came out. Forgotten with a stop: the home asks
/// again.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Attestations(Attester attester) : IAsyncDisposable
{
    /// <summary>What nobody has asked for again makes room.</summary>
    private const int MaxKept = 10_000;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<DatasetId, Reading> _readings = [];

    /// <summary>
    /// What came out of reading a dataset behind a number; null while it is read, which begins when it is first asked for. A reading that
    /// failed is said once, and begins anew with the next question.
    /// </summary>
    public Result<Attested>? Find(DatasetId dataset, BlobHash nonce)
    {
        lock (_gate)
        {
            if (!_readings.TryGetValue(dataset, out Reading? reading) || reading.Nonce != nonce)
            {
                reading?.Stop.Cancel();
                MakeRoom();
                _readings[dataset] = Begin(dataset, nonce);
                return null;
            }

            if (!reading.Read.IsCompleted)
            {
                return null;
            }

            if (reading.Read is { IsCompletedSuccessfully: true, Result: { IsOk: true } read })
            {
                return read;
            }

            _readings.Remove(dataset);
            string why = reading.Read.Exception?.InnerException?.Message ?? "it was stopped.";
            return reading.Read.IsCompletedSuccessfully
                ? reading.Read.Result
                : ErrorCode.Internal.With($"The dataset could not be read: {why}");
        }
    }

    /// <summary>Stops reading, and forgets what came out.</summary>
    public void Forget(DatasetId dataset, BlobHash nonce)
    {
        lock (_gate)
        {
            if (_readings.TryGetValue(dataset, out Reading? reading) && reading.Nonce == nonce)
            {
                reading.Stop.Cancel();
                _readings.Remove(dataset);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] all;
        lock (_gate)
        {
            all = [.. _readings.Values.Select(static one => one.Read)];
        }

        await Task.WhenAll(all).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private void MakeRoom()
    {
        if (_readings.Count >= MaxKept)
        {
            DatasetId first = _readings.First(static one => true).Key;
            _readings[first].Stop.Cancel();
            _readings.Remove(first);
        }
    }

    private Reading Begin(DatasetId dataset, BlobHash nonce)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        return new Reading(nonce, stop, Task.Run(() => ReadAsync(dataset, nonce, stop.Token), CancellationToken.None));
    }

    /// <summary>One at a time: each reads as fast as the disk gives.</summary>
    private async Task<Result<Attested>> ReadAsync(DatasetId dataset, BlobHash nonce, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await attester.ReadAsync(dataset, nonce, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed record Reading(BlobHash Nonce, CancellationTokenSource Stop, Task<Result<Attested>> Read);
}
