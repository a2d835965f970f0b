using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <inheritdoc cref="IClaimedRuns"/>
internal sealed class ClaimedRuns(RepositoryStore stored, PackGate gate) : IClaimedRuns
{
    private const int MaxRuns = 100;

    /// <summary>The most commits that are read to find them.</summary>
    private const int MaxCommits = 1000;

    /// <summary>The size of a commit whose message, and whose past, is not read.</summary>
    private const int MaxCommitBytes = 1 << 20;

    public async Task<IReadOnlyList<ClaimedRun>> FindAsync(SiteDataset dataset, CancellationToken ct)
    {
        RefTable? refs = await stored.RefsAsync(dataset, ct);
        if (refs?.Find(refs.Head) is not { } tip)
        {
            return [];
        }

        using (await gate.EnterAsync(ct))
        {
            using ObjectStore store = await stored.OpenAsync(dataset, ct);
            return Read(store, tip, ct);
        }
    }

    /// <summary>Reads commits by their time, which is nearly the order of history.</summary>
    private static List<ClaimedRun> Read(ObjectStore store, ObjectId tip, CancellationToken ct)
    {
        var found = new List<ClaimedRun>();
        var seen = new HashSet<ObjectId>();
        var next = new PriorityQueue<(ObjectId Id, byte[] Content, GitHeaders Commit), long>();
        Add(tip);
        while (found.Count < MaxRuns && next.TryDequeue(out (ObjectId Id, byte[] Content, GitHeaders Commit) one, out _))
        {
            ct.ThrowIfCancellationRequested();
            if (RunRecord.TryRead(one.Commit.Message) is { } run)
            {
                found.Add(new ClaimedRun(
                    one.Id.ToString(), GitHeaders.AuthorOf(one.Content), DateTimeOffset.FromUnixTimeSeconds(TimeOf(one.Commit)),
                    run.Message, run.Command, run.Inputs, run.Outputs));
            }

            foreach (ObjectId parent in one.Commit.Parents)
            {
                Add(parent);
            }
        }

        return found;

        void Add(ObjectId id)
        {
            if (seen.Count < MaxCommits && seen.Add(id) && store.SizeOf(id) <= MaxCommitBytes
                && store.Find(id) is { Kind: ObjectKind.Commit } commit)
            {
                GitHeaders headers = GitHeaders.OfCommit(commit.Content);
                next.Enqueue((id, commit.Content, headers), -headers.Seconds);
            }
        }
    }

    /// <summary>The time of a commit; that of the last one that a date can have for later ones.</summary>
    private static long TimeOf(GitHeaders commit) => Math.Min(commit.Seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
}
