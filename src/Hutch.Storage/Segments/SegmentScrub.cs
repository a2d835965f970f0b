using System.Security.Cryptography;
using Hutch.Disk;
using Hutch.Model.Checksums;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// Reads every member of a segment again: header against index, body against CRC32C, blobs against their names. Slower than that by intent:
/// a rate limit leaves the disk to others.
/// </summary>
internal sealed class SegmentScrub(IDiskFile file, Segment segment, TimeProvider time, long bytesPerSecond)
{
    private const int ChunkBytes = 1 << 20;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private readonly List<DamagedRange> _damage = [];
    private readonly List<QuarantinedMember> _bad = [];
    private readonly long _start = time.GetTimestamp();
    private long _bytes;

    public async Task<ScrubReport> RunAsync(IndexEntry[] entries, CancellationToken cancellationToken)
    {
        Array.Sort(entries, static (a, b) => a.Block.CompareTo(b.Block));
        foreach (IndexEntry entry in entries)
        {
            try
            {
                CheckHeader(entry);
                await CheckBodyAsync(entry, cancellationToken);
            }
            catch (IOException e)
            {
                // Reported, but not quarantined: the disk may read it the next time. Go on with the others.
                _damage.Add(
                    new DamagedRange(segment.Number, entry.BodyOffset, entry.Length, $"the disk cannot read {entry.Key}: {e.Message}"));
            }
        }

        return new ScrubReport(segment.Number, entries.Length, _bytes, _bad, _damage);
    }

    private void CheckHeader(IndexEntry entry)
    {
        Span<byte> block = stackalloc byte[MemberHeader.Size];
        long at = entry.BodyOffset - MemberHeader.Size;
        bool good = file.ReadFully(block, at) == block.Length
            && MemberHeader.TryRead(block, out MemberHeader header)
            && header.Length == entry.Length && header.Crc32C == entry.Crc32C && Names(header.Name, entry.Key);
        if (!good)
        {
            _damage.Add(new DamagedRange(segment.Number, at, MemberHeader.Size, $"damaged header of {entry.Key}"));
        }
    }

    private static bool Names(MemberName name, MemberKey key) => key.Kind == MemberKind.Journal
        ? name.Role == MemberRole.Journal && name.Key.FirstSequence == key.FirstSequence
        : name == MemberName.Of(key);

    private async Task CheckBodyAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        using IncrementalHash? hash = entry.Key.Kind == MemberKind.Blob ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        uint crc = 0;
        bool whole = true;
        for (long done = 0; done < entry.Length && whole;)
        {
            int wanted = (int)Math.Min(ChunkBytes, entry.Length - done);
            whole = file.ReadFully(_chunk.AsSpan(0, wanted), entry.BodyOffset + done) == wanted;
            crc = Checksum.Append(crc, _chunk.AsSpan(0, wanted));
            hash?.AppendData(_chunk, 0, wanted);
            done += wanted;
            _bytes += wanted;
            await RestAsync(cancellationToken);
        }

        if (!whole || crc != entry.Crc32C || (hash is not null && !IsNamed(entry.Key, hash)))
        {
            _bad.Add(new QuarantinedMember(segment.Number, entry.BodyOffset, entry.Length, entry.Key.ToString()));
            _damage.Add(new DamagedRange(segment.Number, entry.BodyOffset, entry.Length, $"damaged body of {entry.Key}"));
        }
    }

    private static bool IsNamed(MemberKey key, IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[MemberKey.Size];
        _ = hash.GetHashAndReset(digest);
        return MemberKey.Read(MemberKind.Blob, digest) == key;
    }

    private async ValueTask RestAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan ahead = TimeSpan.FromSeconds(_bytes / (double)bytesPerSecond) - time.GetElapsedTime(_start);
        if (ahead > TimeSpan.FromMilliseconds(10))
        {
            await Task.Delay(ahead, time, cancellationToken);
        }
    }
}
