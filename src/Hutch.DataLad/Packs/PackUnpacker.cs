using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <summary>
/// Unpacks a pack from a client, and gives each object to a sink: whole, named by its content. It makes each object once, however deltas
/// refer to it. The work, the objects and the memory have limits. For one thread.
/// </summary>
/// <param name="end">The required end of its last object.</param>
/// <param name="maxBytes">The most bytes of all objects together, unpacked.</param>
internal sealed class PackUnpacker(PackEntries entries, int count, long end, IObjectSink sink, long maxBytes)
{
    /// <summary>Deltas to deltas: git makes at most 4095.</summary>
    private const int MaxDepth = 4095;

    /// <summary>The most memory of objects that others wait for, as they are deltas to them.</summary>
    private const long MaxWaitingBytes = 512L << 20;

    private readonly Dictionary<long, List<long>> _byPlace = [];
    private readonly Dictionary<ObjectId, List<long>> _byName = [];
    private readonly Stack<(Source Source, long Offset)> _next = new();
    private long _bytes;
    private long _waitingBytes;
    private int _made;

    /// <exception cref="HutchException">The pack is damaged, too large, or lacks what its deltas are made to.</exception>
    public void Run(CancellationToken ct)
    {
        var whole = new List<(long Offset, ObjectId Id)>();
        long at = GitPackWriter.HeadBytes;
        for (int i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            PackEntry entry = entries.ReadHead(at);
            byte[] content = entries.ReadContent(entry, out long next);
            if (entry.IsDelta)
            {
                Record(content.Length);
                Wait(entry, at);
            }
            else
            {
                whole.Add((at, Take((ObjectKind)entry.Kind, content)));
            }

            at = next;
        }

        if (at != end)
        {
            throw DamagedPack.Refusal();
        }

        foreach ((long offset, ObjectId id) in whole)
        {
            Follow(offset, id, null, 0);
            MakeDeltas(ct);
        }

        if (_made != count)
        {
            throw ErrorCode.BadRequest.With(
                "The pack has deltas to objects that are not in it. Push again without thin packs: `git push --no-thin`.").ToException();
        }
    }

    private void Wait(PackEntry entry, long offset)
    {
        if (entry.BaseOffset >= 0)
        {
            Add(_byPlace, entry.BaseOffset, offset);
        }
        else
        {
            Add(_byName, entry.BaseId, offset);
        }
    }

    private static void Add<TKey>(Dictionary<TKey, List<long>> waiting, TKey key, long offset)
        where TKey : notnull
    {
        if (!waiting.TryGetValue(key, out List<long>? offsets))
        {
            waiting[key] = offsets = [];
        }

        offsets.Add(offset);
    }

    private void Follow(long offset, ObjectId id, Source? made, int depth)
    {
        _byPlace.Remove(offset, out List<long>? byPlace);
        _byName.Remove(id, out List<long>? byName);
        int children = (byPlace?.Count ?? 0) + (byName?.Count ?? 0);
        if (children == 0)
        {
            return;
        }

        if (depth == MaxDepth)
        {
            throw ErrorCode.TooLarge.With($"The pack has a chain of more than {MaxDepth} deltas.").ToException();
        }

        if (made is null)
        {
            PackEntry entry = entries.ReadHead(offset);
            made = new Source((ObjectKind)entry.Kind, entries.ReadContent(entry, out _), depth);
        }

        made.Waiting = children;
        _waitingBytes += made.Content.Length;
        if (_waitingBytes > MaxWaitingBytes)
        {
            throw ErrorCode.TooLarge.With(
                "The deltas of the pack need more memory than the server has for them. Push the history in parts, or with "
                + "`git -c pack.depth=10 push`.").ToException();
        }

        foreach (long child in (byPlace ?? []).Concat(byName ?? []))
        {
            _next.Push((made, child));
        }
    }

    private void MakeDeltas(CancellationToken ct)
    {
        while (_next.TryPop(out (Source Source, long Offset) next))
        {
            ct.ThrowIfCancellationRequested();
            Source source = next.Source;
            byte[] delta = entries.ReadContent(entries.ReadHead(next.Offset), out _);
            byte[] content = Delta.Apply(source.Content, delta, entries.CheckSize);
            if (--source.Waiting == 0)
            {
                _waitingBytes -= source.Content.Length;
            }

            ObjectId id = Take(source.Kind, content);
            Follow(next.Offset, id, new Source(source.Kind, content, source.Depth + 1), source.Depth + 1);
        }
    }

    private ObjectId Take(ObjectKind kind, byte[] content)
    {
        Record(content.Length);
        var id = ObjectId.Compute(kind, content);
        if (sink.Needs(id))
        {
            sink.Write(kind, id, content);
        }

        _made++;
        return id;
    }

    private void Record(int bytes)
    {
        _bytes += bytes;
        if (_bytes > maxBytes)
        {
            throw ErrorCode.TooLarge.With(
                $"The push has more than {maxBytes} bytes when it is unpacked (dataLad.maxPushBytes). Push the history in parts; "
                + "large files belong into the annex.").ToException();
        }
    }

    private sealed class Source(ObjectKind kind, byte[] content, int depth)
    {
        public ObjectKind Kind => kind;

        public byte[] Content => content;

        public int Depth => depth;

        /// <summary>The number of objects still to be made from it.</summary>
        public int Waiting { get; set; }
    }
}
