using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Evicting;

/// <summary>The copies that this site must keep until their homes release them. See docs/design/federation.md (holds, eviction).</summary>
/// <param name="secure">Has what is stored here stored where other sites may rely on it.</param>
/// <remarks>Thread-safe. The caller knows the home.</remarks>
public sealed class CopyHolds(Committer committer, SiteDatabase records, Func<CancellationToken, Task<Result<Done>>> secure)
{
    public ValueTask<IReadOnlyList<DatasetId>> ListAsync(CancellationToken ct) =>
        records.ReadConsistentAsync(static queries => queries.CopiesWithHold(), ct);

    public async ValueTask<CopyHold?> FindAsync(DatasetId id, CancellationToken ct) =>
        await records.ReadConsistentAsync(queries => queries.Dataset(id), ct) is { Ended: null } here ? here.Hold : null;

    /// <summary>Holds a copy; durable when it answers. Another nonce replaces the previous one.</summary>
    /// <param name="home">The home's key and epoch, and the history that the copy must have.</param>
    public async Task<Result<Done>> HoldAsync(DatasetId id, BlobHash nonce, CopyOrigin home, CancellationToken ct)
    {
        Result<Done> held = await committer.CommitAsync<Done>(
            context =>
            {
                Result<SiteDataset> found = context.Dataset(id);
                if (!found.IsOk)
                {
                    return found.Error;
                }

                if (CheckHoldable(found.Value, home) is { } refusal)
                {
                    return refusal;
                }

                if (found.Value.Hold?.Nonce != nonce || found.Value.Hold.Home != home.Home)
                {
                    context.Emit(new JournalRecord.CopyHeld(id, nonce, home.Home));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
        return held.IsOk ? await secure(ct) : held;
    }

    /// <summary>Ends a hold; a repetition, or another nonce, changes nothing.</summary>
    public Task<Result<Done>> EndAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            if (context.Dataset(id) is { IsOk: true, Value.Hold: { } hold } && hold.Nonce == nonce)
            {
                context.Emit(new JournalRecord.CopyHeld(id, null, null));
            }

            return Done.Value;
        },
        [],
        ct,
        mayUseReserve: true);

    private static HutchError? CheckHoldable(SiteDataset dataset, CopyOrigin home)
    {
        string name = $"'{dataset.Owner}/{dataset.Slug}'";
        if (dataset.Copy is not { } copy || dataset.IsReleased)
        {
            return ErrorCode.Conflict.With($"This site has no copy of {name}.");
        }

        if (dataset.Ended is not null || dataset.TrashedUntil is not null)
        {
            return ErrorCode.Conflict.With($"The copy of {name} is in the trash of this site, or has ended.");
        }

        if (dataset.Closed is null)
        {
            return ErrorCode.Conflict.With($"{name} is open here, and only what is closed is held.");
        }

        return copy != home ? ErrorCode.Unavailable.With($"The copy of {name} is not yet what its home has.") : null;
    }
}
