using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>Files that a compaction adds, with the bytes that wait to be committed with it.</summary>
internal sealed class ResultChanges : IDisposable
{
    private readonly List<TreeChange> _changes = [];
    private readonly List<ReceivedBlob> _blobs = [];

    public IReadOnlyList<TreeChange> Changes => _changes;

    public IReadOnlyList<StagedMember> Members => [.. _blobs.SelectMany(blob => blob.Members)];

    public void Add(TreeChange change, ReceivedBlob blob)
    {
        _changes.Add(change);
        _blobs.Add(blob);
    }

    /// <summary>Emits the records that make large files blobs.</summary>
    public void Emit(CommitContext context)
    {
        foreach (ReceivedBlob blob in _blobs)
        {
            if (blob.Assembled is { } assembled)
            {
                context.Emit(assembled);
            }
        }
    }

    public void Dispose()
    {
        foreach (ReceivedBlob blob in _blobs)
        {
            blob.Dispose();
        }
    }
}
