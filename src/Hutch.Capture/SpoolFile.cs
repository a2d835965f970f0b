using System.Buffers.Binary;
using Hutch.Disk.Folders;
using Hutch.Model.Checksums;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Capture;

/// <summary>
/// A file of messages of one series, as they were received. The series is at its beginning; before each message are its checksum, its
/// length, the time of its receipt, the number of its image and of its channels. A message whose end is missing was being written as the
/// process was killed. All numbers are little endian.
/// </summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class SpoolFile : IDisposable
{
    public const string Ending = ".spool";

    private const uint Magic = 0x31505348; // HSP1
    private const int BeginBytes = 8;
    private const int MaxKeyBytes = 1 << 20;
    private const int HeadBytes = 32;

    private readonly SafeFileHandle _file;

    private SpoolFile(string path, string series, SafeFileHandle file, long length) =>
        (Path, Series, _file, Length) = (path, series, file, length);

    public string Path { get; }

    public string Series { get; }

    public long Length { get; private set; }

    /// <summary>The messages in it that are not stored yet.</summary>
    public int Waiting { get; set; }

    /// <summary>The bytes that a message takes.</summary>
    public static long SizeOf(int length) => HeadBytes + length;

    public static SpoolFile Create(string path, string series)
    {
        byte[] key = Encoding.UTF8.GetBytes(series);
        var begin = new byte[BeginBytes + key.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(begin, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(begin.AsSpan(4), key.Length);
        key.CopyTo(begin, BeginBytes);
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        RandomAccess.Write(file, begin, 0);
        return new SpoolFile(path, series, file, begin.Length);
    }

    /// <summary>Opens a file of an earlier process; null if it has no whole beginning.</summary>
    /// <param name="found">Gets its whole messages.</param>
    public static SpoolFile? Open(string path, List<SpooledMessage> found)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        long length = RandomAccess.GetLength(handle);
        Span<byte> begin = stackalloc byte[BeginBytes];
        bool isOne = TryRead(handle, begin, 0) && BinaryPrimitives.ReadUInt32LittleEndian(begin) == Magic;
        int keyBytes = isOne ? BinaryPrimitives.ReadInt32LittleEndian(begin[4..]) : 0;
        var key = new byte[Math.Clamp(keyBytes, 0, MaxKeyBytes)];
        if (!isOne || key.Length != keyBytes || !TryRead(handle, key, BeginBytes))
        {
            handle.Dispose();
            return null;
        }

        var file = new SpoolFile(path, Encoding.UTF8.GetString(key), handle, BeginBytes + keyBytes);
        file.ReadHeads(length, found);
        return file;
    }

    /// <summary>Appends a message; it survives the end of this process on return.</summary>
    public SpoolLocation Append(in SpoolHead message, ReadOnlyMemory<byte> bytes)
    {
        var head = new byte[HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), bytes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), message.Moment.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), message.Image);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(24), message.Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(head, Checksum.Append(Checksum.Crc32C(head.AsSpan(4)), bytes.Span));
        RandomAccess.Write(_file, [head, bytes], Length);
        var location = new SpoolLocation(this, Length, bytes.Length);
        Length += HeadBytes + bytes.Length;
        Waiting++;
        return location;
    }

    /// <summary>Reads a message; false if the disk has other bytes than were written.</summary>
    public bool TryRead(in SpoolLocation location, Span<byte> bytes)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        return TryRead(_file, head, location.Offset) && TryRead(_file, bytes, location.Offset + HeadBytes)
            && BinaryPrimitives.ReadUInt32LittleEndian(head) == Checksum.Append(Checksum.Crc32C(head[4..]), bytes);
    }

    public void Delete()
    {
        Dispose();
        SmallFile.Delete(Path);
    }

    public void Dispose() => _file.Dispose();

    private void ReadHeads(long end, List<SpooledMessage> found)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        while (TryRead(_file, head, Length))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
            long ticks = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
            if (length < 0 || Length + HeadBytes + length > end || ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            {
                break;
            }

            found.Add(new SpooledMessage(
                new SpoolHead(
                    new DateTimeOffset(ticks, TimeSpan.Zero), BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
                    BinaryPrimitives.ReadInt32LittleEndian(head[24..])),
                new SpoolLocation(this, Length, length)));
            Length += HeadBytes + length;
            Waiting++;
        }
    }

    private static bool TryRead(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int got = RandomAccess.Read(file, bytes, offset);
            if (got == 0)
            {
                return false;
            }

            bytes = bytes[got..];
            offset += got;
        }

        return true;
    }
}

/// <param name="Moment">The time of its receipt.</param>
/// <param name="Image">The number of the image, from 0; <see cref="NoImage"/> for a message of another type.</param>
/// <param name="Channels">The number of its channels.</param>
internal readonly record struct SpoolHead(DateTimeOffset Moment, long Image, int Channels)
{
    public const long NoImage = -1;
}

internal readonly record struct SpoolLocation(SpoolFile File, long Offset, int Length);

internal readonly record struct SpooledMessage(SpoolHead Head, SpoolLocation Place);
