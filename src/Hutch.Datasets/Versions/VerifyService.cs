using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hutch.Datasets.Files;

namespace Hutch.Datasets.Versions;

/// <summary>
/// Reads every byte of a version again, for callers with an account and the right to read it. One version at a time for each, as it costs
/// the disk as much as a download and the caller nothing.
/// </summary>
public sealed class VerifyService(EntryService entries, DatasetVerifier verifier)
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    /// <summary>Begins; nothing is read before the progress is asked for.</summary>
    public async Task<Result<Verification>> OpenAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct)
    {
        Result<FixedTree> tree = await entries.FixAsync(caller, id, at, Operation.EntryRead, ct);
        if (!tree.IsOk)
        {
            return tree.Error;
        }

        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With("To have the server verify a dataset, you must be logged in.");
        }

        return new Verification(tree.Value, progressCt => ReadAsync(caller.Name, tree.Value, progressCt));
    }

    private async IAsyncEnumerable<VerifyProgress> ReadAsync(string caller, FixedTree tree, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!_running.TryAdd(caller, true))
        {
            throw ErrorCode.TooManyRequests.With("The server is verifying a dataset for you already. Wait until that is done.")
                .ToException();
        }

        try
        {
            await foreach (VerifyProgress progress in verifier.VerifyAsync(tree.Dataset, tree.Root, ct))
            {
                yield return progress;
            }
        }
        finally
        {
            _running.TryRemove(caller, out _);
        }
    }
}

/// <param name="ReadAsync">Verifies it, and reports progress; the last report has everything.</param>
public sealed record Verification(FixedTree Tree, Func<CancellationToken, IAsyncEnumerable<VerifyProgress>> ReadAsync);
