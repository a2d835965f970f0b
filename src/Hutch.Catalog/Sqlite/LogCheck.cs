using System.Buffers.Binary;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// Checks the remaining log (<c>-wal</c>) of a database. SQLite uses the intact beginning of a log and silently ignores the rest. After a
/// power cut it must, because that can tear the last transaction, but no other if each commit waits for the disk. This check distinguishes
/// torn writes from later damage: after damage there are transactions that began when the damaged one was already on the disk.
/// </summary>
/// <remarks>The format of the log: https://www.sqlite.org/fileformat2.html#walformat. No process may have the database open.</remarks>
internal sealed class LogCheck
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const int FrameBytes = FrameHeaderBytes + PageSums.PageBytes;
    private const uint Magic = 0x377F0682; // its last bit says in which byte order the sums are made
    private const int PlaceOfApplicationId = 68;

    private readonly Stream _log;
    private readonly int _application;
    private readonly byte[] _frame = new byte[FrameBytes];
    private readonly byte[] _salts = new byte[8];
    private bool _isBigEndian;
    private long _whole = HeaderBytes;

    private LogCheck(Stream log, int application) => (_log, _application) = (log, application);

    /// <summary>
    /// Throws when the log of a database is damaged or belongs to another database. The effects of a power cut are accepted.
    /// </summary>
    /// <param name="path">The database; each commit waits for the disk.</param>
    /// <exception cref="CatalogException">It is damaged: <see cref="SqliteDamage.Is"/>.</exception>
    public static void RequireWhole(string path, int application)
    {
        if (Find(path, application) is { } damage)
        {
            throw SqliteDamage.Found(path, damage);
        }
    }

    /// <summary>Describes the damage in the log of a database; null for none, or without a log.</summary>
    /// <param name="path">The database; each commit waits for the disk.</param>
    public static string? Find(string path, int application)
    {
        string name = path + "-wal";
        if (!File.Exists(name))
        {
            return null;
        }

        using var log = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 20);
        return new LogCheck(log, application).Find(Path.GetFileName(name));
    }

    private string? Find(string name)
    {
        if (_log.Length < HeaderBytes + FrameBytes)
        {
            return null; // no frame, or not all of the first one
        }

        if (ReadHeader() is not { } before)
        {
            // It was on the disk before the first frame was written.
            return $"the beginning of its log {name} is not what was written, so that nothing in the log counts";
        }

        bool isWhole = true;
        bool isEndOfOne = false;
        while (_log.ReadAtLeast(_frame, FrameBytes, throwOnEndOfStream: false) == FrameBytes)
        {
            bool isOfThisLog = _frame.AsSpan(8, 8).SequenceEqual(_salts);
            bool follows = isOfThisLog && Append(before) == StoredSum;
            isWhole &= follows;
            if (isWhole && IsOfAnother)
            {
                return $"{name} beside it is the log of another database";
            }

            if (!isWhole && isEndOfOne && follows)
            {
                // SQLite syncs a transaction before it writes the first frame of the next one.
                return $"in its log {name} is something else than was written, behind byte {_whole}, and later changes follow. "
                    + $"`truncate -s {_whole} {name}` in its folder leaves those from before";
            }

            before = StoredSum;
            isEndOfOne = isOfThisLog && BinaryPrimitives.ReadUInt32BigEndian(_frame.AsSpan(4)) != 0;
            _whole = isWhole && isEndOfOne ? _log.Position : _whole;
        }

        return null;
    }

    private (uint, uint) StoredSum => SumAt(_frame.AsSpan(16));

    private bool IsOfAnother =>
        BinaryPrimitives.ReadUInt32BigEndian(_frame) == 1
        && BinaryPrimitives.ReadInt32BigEndian(_frame.AsSpan(FrameHeaderBytes + PlaceOfApplicationId)) is var found
        && found != 0 && found != _application;

    private (uint, uint)? ReadHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        _log.ReadExactly(header);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        _isBigEndian = (magic & 1) != 0;
        header.Slice(16, 8).CopyTo(_salts);
        (uint, uint) sum = Append((0, 0), header[..24]);
        bool isRight = (magic & ~1u) == Magic && sum == SumAt(header[24..])
            && BinaryPrimitives.ReadUInt32BigEndian(header[8..]) == PageSums.PageBytes;
        return isRight ? sum : null;
    }

    /// <summary>Returns the checksum of the current frame, after one that ends in <paramref name="sum"/>.</summary>
    private (uint, uint) Append((uint, uint) sum) => Append(Append(sum, _frame.AsSpan(0, 8)), _frame.AsSpan(FrameHeaderBytes));

    private (uint, uint) Append((uint First, uint Second) sum, ReadOnlySpan<byte> bytes)
    {
        (uint first, uint second) = sum;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            first += Word(bytes) + second;
            second += Word(bytes[4..]) + first;
        }

        return (first, second);
    }

    private uint Word(ReadOnlySpan<byte> bytes) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static (uint, uint) SumAt(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));
}
