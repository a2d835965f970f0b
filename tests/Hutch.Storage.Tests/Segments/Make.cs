using System.Text;
using Hutch.Model;
using Hutch.Storage.Segments;

namespace Hutch.Storage.Tests.Segments;

/// <summary>Test data.</summary>
public static class Make
{
    public static readonly TimeProvider Time = TimeProvider.System;

    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static (MemberKey Key, byte[] Body) Blob(int length, int seed)
    {
        byte[] body = Bytes(length, seed);
        return (MemberKey.Blob(BlobHash.Compute(body)), body);
    }

    public static byte[] Lines(params long[] sequences) =>
        Encoding.UTF8.GetBytes(string.Concat(sequences.Select(static s => $"{{\"seq\":{s},\"k\":\"test\"}}\n")));

    public static SegmentGroup Group(long sequence, params (MemberKey Key, byte[] Body)[] members)
    {
        var group = new SegmentGroup();
        foreach ((MemberKey key, byte[] body) in members)
        {
            group.Add(key, body);
        }

        if (sequence > 0)
        {
            group.SetJournal(Lines(sequence), sequence, sequence);
        }

        return group;
    }

    public static async Task<byte[]> ReadAsync(SegmentStore store, MemberKey key)
    {
        Assert.True(store.TryLocate(key, out MemberLocation location), $"{key} is not there");
        var body = new byte[location.Length];
        await store.ReadVerifiedAsync(location, body, TestContext.Current.CancellationToken);
        return body;
    }

    public static async Task<List<long>> SequencesAsync(SegmentStore store, long after)
    {
        var found = new List<long>();
        await foreach (JournalGroup group in store.ReadJournalAsync(after, TestContext.Current.CancellationToken))
        {
            ReadOnlyMemory<byte> rest = group.Lines;
            while (JournalPiece.TrySplit(ref rest, out _, out long sequence))
            {
                found.Add(sequence);
            }
        }

        return found;
    }
}
