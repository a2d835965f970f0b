using System.Diagnostics.CodeAnalysis;
using Hutch.Model.Contents;

namespace Hutch.Previews.Contents;

/// <summary>
/// Answers in memory: those that are being sent, so that no slow client keeps a reader, and those already sent, for later callers. One
/// budget for all of them.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class AnswerCache(long maxBytes)
{
    /// <summary>The cost of an answer in addition to its bytes.</summary>
    private const int EntryBytes = 1 << 10;

    /// <summary>No answer takes more than this part of the memory.</summary>
    private const int LargestPart = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<AnswerKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _used;

    /// <summary>The answer that was given to a question, to be let go by the caller.</summary>
    public bool TryFind(AnswerKey answerKey, [NotNullWhen(true)] out Entry? entry)
    {
        lock (_gate)
        {
            entry = null;
            if (_entries.TryGetValue(answerKey, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                entry = node.Value;
                entry.Users++;
            }

            return entry is not null;
        }
    }

    /// <summary>Memory for an answer, to be let go by the caller; null when there is none.</summary>
    public Entry? Take(AnswerKey answerKey, int bytes)
    {
        long cost = bytes + EntryBytes;
        lock (_gate)
        {
            LinkedListNode<Entry>? oldest = _byUse.Last;
            while (_used + cost > maxBytes && cost <= maxBytes / LargestPart && oldest is not null)
            {
                LinkedListNode<Entry>? before = oldest.Previous;
                if (oldest.Value.Users == 0)
                {
                    Remove(oldest.Value);
                }

                oldest = before;
            }

            if (_used + cost > maxBytes || cost > maxBytes / LargestPart)
            {
                return null;
            }

            _used += cost;
        }

        return new Entry(this, answerKey, new byte[bytes]);
    }

    public void Add(Entry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(entry.AnswerKey, out LinkedListNode<Entry>? older))
            {
                Remove(older.Value);
            }

            entry.IsKept = true;
            _entries.Add(entry.AnswerKey, _byUse.AddFirst(entry));
        }
    }

    public void Invalidate(Entry entry)
    {
        lock (_gate)
        {
            if (entry.IsKept)
            {
                Remove(entry);
            }
        }
    }

    private void Remove(Entry entry)
    {
        entry.IsKept = false;
        _entries.Remove(entry.AnswerKey, out LinkedListNode<Entry>? node);
        _byUse.Remove(node!);
        Return(entry);
    }

    private void Release(Entry entry)
    {
        lock (_gate)
        {
            entry.Users--;
            Return(entry);
        }
    }

    private void Return(Entry entry) => _used -= entry is { IsKept: false, Users: 0 } ? entry.Bytes.Length + EntryBytes : 0;

    /// <summary>A request, and the bytes that it is about.</summary>
    /// <param name="Version">Identifies the bytes of the file.</param>
    internal sealed record AnswerKey(DatasetId Dataset, string Version, ContentRequest Request);

    /// <summary>An answer. Its user disposes it once.</summary>
    internal sealed class Entry(AnswerCache owner, AnswerKey answerKey, byte[] bytes) : IDisposable
    {
        public AnswerKey AnswerKey => answerKey;

        public byte[] Bytes => bytes;

        /// <summary>The files that were opened for it, and their versions; null for one that was not there.</summary>
        public IReadOnlyList<(string Path, string? Version)> Files { get; set; } = [];

        internal int Users { get; set; } = 1;

        internal bool IsKept { get; set; }

        public void Dispose() => owner.Release(this);
    }
}
