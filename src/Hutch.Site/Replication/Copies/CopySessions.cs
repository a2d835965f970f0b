using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Pushes;

namespace Hutch.Site.Replication.Copies;

/// <summary>Sessions of copies of other sites' datasets: as safe from the collector as a push until they are complete.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CopySessions(
    Committer committer, PushSessions sessions, PushNegotiation negotiation, PushOptions options, Func<Guid> newId)
{
    /// <summary>No account has such a name, so that no user can name the received bytes.</summary>
    private const string CopyAuthor = ":copy";

    /// <summary>The session in which a copy of a dataset comes: the one that is there, or a new one.</summary>
    public async Task<Result<SiteSession>> StartAsync(DatasetId id, CancellationToken ct)
    {
        Result<SiteSession> started = await committer.CommitAsync<SiteSession>(
            context =>
            {
                if (context.Queries.CopySession(id) is { } before && before.Expires > context.Now)
                {
                    return before;
                }

                var begun = new JournalRecord.SessionStarted(
                    newId(), id, CopyAuthor, null, context.Now + PushSessions.Milliseconds(options.SessionHours), IsCopy: true);
                context.Emit(begun);
                return context.Queries.Session(begun.Session)!;
            },
            [],
            ct);
        return started.IsOk ? await sessions.FindAsync(started.Value.Id, CopyAuthor, ct) : started;
    }

    /// <summary>The session of a copy, which lasts longer if it would end soon: it is still coming.</summary>
    internal async Task<Result<SiteSession>> FindAsync(SiteSession session, CancellationToken ct)
    {
        Result<SiteSession> found = await sessions.FindAsync(session.Id, CopyAuthor, ct);
        return found.IsOk || found.Error.Code != ErrorCode.NotFound
            ? found
            : ErrorCode.Unavailable.With("The copy took too long and was abandoned here. It starts again.");
    }

    /// <summary>Returns the blobs that must come. The others are here, and stay until the copy is complete.</summary>
    /// <param name="session">The copy.</param>
    /// <param name="wanted">The blobs that it names.</param>
    /// <param name="wasSent">
    /// Returns true if the home has sent a blob before. A blob that the home never sent must come, whether or not it is stored.
    /// </param>
    public async Task<Result<HashSet<BlobHash>>> FindLackingAsync(
        SiteSession session, IReadOnlyCollection<BlobHash> wanted, Func<BlobHash, bool> wasSent, CancellationToken ct)
    {
        Result<SiteSession> used = await FindAsync(session, ct);
        if (!used.IsOk)
        {
            return used.Error;
        }

        HashSet<BlobHash> lacking = await negotiation.NotYetNamedAsync(session, wanted, Lane.Main, ct);
        HashSet<BlobHash> stored = await negotiation.StoredAsync([.. lacking.Where(wasSent)], Lane.Main, ct);
        if (stored.Count == 0)
        {
            return lacking;
        }

        return (await sessions.GrantAsync(session.Id, [.. stored], ct)).Then<HashSet<BlobHash>>(granted =>
        {
            lacking.ExceptWith(granted);
            return lacking;
        });
    }
}
