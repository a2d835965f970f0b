using System.Security.Cryptography;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// Reads a segment again from its first byte to its last: headers against the index, bodies against their CRC32C, blobs against their
/// names, the end against the recorded seal. A rate limit leaves the disk to other work.
/// </summary>
internal sealed class SegmentScrub(IDiskFile file, Segment segment, TimeProvider time, long bytesPerSecond)
{
    private const int ChunkBytes = 1 << 20;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private readonly List<DamagedRange> _damage = [];
    private readonly List<QuarantinedMember> _bad = [];
    private readonly ReadRateLimiter _pace = new(bytesPerSecond, time);
    private long _bytes;

    public async Task<ScrubReport> RunAsync(IndexEntry[] entries, CancellationToken cancellationToken)
    {
        Array.Sort(entries, static (a, b) => a.Block.CompareTo(b.Block));
        long position = 0;
        foreach (IndexEntry entry in entries)
        {
            long header = entry.BodyOffset - MemberHeader.Size;
            await CheckUnlistedAsync(position, header, cancellationToken);
            position = Math.Max(position, header + TarLayout.MemberSize(entry.Length));
            await TryAsync(entry.BodyOffset, entry.Length, entry.Key.ToString(), async () =>
            {
                CheckHeader(entry);
                await CheckBodyAsync(entry, cancellationToken);
            });
        }

        await CheckUnlistedAsync(position, segment.GroupsEnd, cancellationToken);
        await CheckEndAsync(cancellationToken);
        return new ScrubReport(segment.Number, entries.Length, _bytes, _bad, _damage);
    }

    private async Task TryAsync(long offset, long length, string what, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (IOException e) when (e is not StoreAwayException)
        {
            // Reported, but not quarantined: the disk may read it the next time. Go on with the others.
            AddDamage(offset, length, $"the disk cannot read {what}: {e.Message}");
        }
    }

    /// <summary>
    /// Members that the index does not have: the first one, ends of groups without records, copies that later ones replaced.
    /// </summary>
    private async Task CheckUnlistedAsync(long from, long to, CancellationToken cancellationToken)
    {
        while (from < to)
        {
            long at = from;
            await TryAsync(at, to - at, "what lies there", async () =>
            {
                if (!TryReadHeader(at, out MemberHeader header) || at + header.MemberSize > to)
                {
                    AddDamage(at, to - at, "no member can be read");
                    from = to;
                    return;
                }

                from = at + header.MemberSize;
                if (!await BodyIsGoodAsync(at + MemberHeader.Size, header.Length, header.Crc32C, null, cancellationToken))
                {
                    AddDamage(at, header.MemberSize, $"damaged {header.Name.Role} member");
                }
            });
            from = Math.Max(from, at + MemberHeader.Size);
        }
    }

    private async Task CheckEndAsync(CancellationToken cancellationToken)
    {
        if (segment.Seal is not { } seal || segment.IndexIsDamaged)
        {
            return;
        }

        await TryAsync(segment.GroupsEnd, 0, "the index", async () =>
        {
            bool isSealed = SegmentRecovery.TryReadFooter(file, segment.Number, segment.Lane, out SegmentFooter footer)
                && SegmentSeal.From(seal.Name, footer, file.Length) == seal
                && TryReadHeader(segment.GroupsEnd, out MemberHeader header)
                && header.Name.Role == MemberRole.Index
                && await BodyIsGoodAsync(segment.GroupsEnd + MemberHeader.Size, header.Length, header.Crc32C, null, cancellationToken);
            if (!isSealed)
            {
                AddDamage(segment.GroupsEnd, Math.Max(0, file.Length - segment.GroupsEnd), "its end is not as it was sealed");
            }
        });
    }

    private bool TryReadHeader(long at, out MemberHeader header)
    {
        Span<byte> block = stackalloc byte[MemberHeader.Size];
        header = default;
        return file.ReadFully(block, at) == block.Length && MemberHeader.TryRead(block, out header);
    }

    private void CheckHeader(IndexEntry entry)
    {
        long at = entry.BodyOffset - MemberHeader.Size;
        bool good = TryReadHeader(at, out MemberHeader header)
            && header.Length == entry.Length && header.Crc32C == entry.Crc32C && Names(header.Name, entry.Key);
        if (!good)
        {
            AddDamage(at, MemberHeader.Size, $"damaged header of {entry.Key}");
        }
    }

    private static bool Names(MemberName name, MemberKey key) => key.Kind == MemberKind.Journal
        ? name.Role == MemberRole.Journal && name.Key.FirstSequence == key.FirstSequence
        : name == MemberName.From(key);

    private async Task CheckBodyAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        using IncrementalHash? hash = entry.Key.Kind == MemberKind.Blob ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        if (!await BodyIsGoodAsync(entry.BodyOffset, entry.Length, entry.Crc32C, hash, cancellationToken)
            || (hash is not null && !IsNamed(entry.Key, hash)))
        {
            _bad.Add(new QuarantinedMember(segment.Number, entry.BodyOffset, entry.Length, entry.Key.ToString()));
            AddDamage(entry.BodyOffset, entry.Length, $"damaged body of {entry.Key}");
        }
    }

    /// <summary>Reads a body and the zeros that fill its last block.</summary>
    private async Task<bool> BodyIsGoodAsync(
        long offset, long length, uint expected, IncrementalHash? hash, CancellationToken cancellationToken)
    {
        uint crc = 0;
        long padded = TarLayout.Padded(length);
        for (long done = 0; done < padded;)
        {
            int wanted = (int)Math.Min(ChunkBytes, padded - done);
            if (file.ReadFully(_chunk.AsSpan(0, wanted), offset + done) != wanted)
            {
                return false;
            }

            int body = (int)Math.Clamp(length - done, 0, wanted);
            crc = Checksum.Append(crc, _chunk.AsSpan(0, body));
            hash?.AppendData(_chunk, 0, body);
            if (_chunk.AsSpan(body..wanted).ContainsAnyExcept((byte)0))
            {
                AddDamage(offset + length, padded - length, "the padding is not zero");
            }

            done += wanted;
            _bytes += wanted;
            await _pace.RestAsync(wanted, cancellationToken);
        }

        return crc == expected;
    }

    private static bool IsNamed(MemberKey key, IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[MemberKey.Size];
        _ = hash.GetHashAndReset(digest);
        return MemberKey.Read(MemberKind.Blob, digest) == key;
    }

    private void AddDamage(long offset, long length, string what) => _damage.Add(new DamagedRange(segment.Number, offset, length, what));
}
