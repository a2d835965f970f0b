using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Detectors.Cbf;

/// <summary>Reads one CBF file after the other into the same memory, packed by gzip or bzip2 or not.</summary>
internal sealed class CbfReader
{
    /// <summary>The endings of the files.</summary>
    public static readonly string[] Extensions = [".cbf", ".cbf.gz", ".cbf.bz2"];

    private const int MaxFileBytes = 256 << 20;

    /// <summary>More than the text of a usual file.</summary>
    private const int HeadBytes = 32 << 10;

    private byte[] _file = [];

    private static ReadOnlySpan<byte> GzipSignature => [0x1F, 0x8B];

    private static ReadOnlySpan<byte> Bzip2Signature => "BZh"u8;

    /// <summary>The compressed image of the file that was read last.</summary>
    public ReadOnlyMemory<byte> Bytes(CbfImage image) => _file.AsMemory(image.Data);

    public async Task<Result<CbfImage>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        Result<int> read = await ReadAsync(path, MaxFileBytes + 1, cancellationToken);
        return !read.TryGet(out int length, out HutchError? error) ? error
            : length > MaxFileBytes ? ErrorCode.UnreadableFile.With(
                $"{Path.GetFileName(path)} has more than {MaxFileBytes} bytes, the limit for a CBF file.", "file", path)
            : CbfImage.Parse(_file.AsSpan(0, length), Path.GetFileName(path));
    }

    /// <summary>Reads the text of a file, without its image where that is possible.</summary>
    public async Task<Result<CbfText>> ReadTextAsync(string path, CancellationToken cancellationToken)
    {
        Result<int> read = await ReadAsync(path, HeadBytes, cancellationToken);
        return !read.TryGet(out int length, out HutchError? error) ? error
            : CbfImage.ParseText(_file.AsSpan(0, length)) is { } text ? text
            : (await ReadAsync(path, cancellationToken)).Then(static image => Result<CbfText>.Ok(image.Text));
    }

    /// <summary>Reads the beginning of a file; returns its length in memory.</summary>
    private async Task<Result<int>> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        long length = Math.Min(RandomAccess.GetLength(file), maxBytes);
        Reserve(length);
        int got = 0;
        for (int read = 1; got < length && read > 0; got += read)
        {
            read = await RandomAccess.ReadAsync(file, _file.AsMemory(got, (int)length - got), got, cancellationToken);
        }

        return _file.AsSpan(0, got).StartsWith(GzipSignature) || _file.AsSpan(0, got).StartsWith(Bzip2Signature)
            ? Unpack(file, path, _file[0] == GzipSignature[0], maxBytes)
            : got;
    }

    private Result<int> Unpack(SafeFileHandle file, string path, bool isGzip, int maxBytes)
    {
        try
        {
            using var packed = new FileStream(file, FileAccess.Read, 1);
            packed.Position = 0;
            using Stream unpacked = isGzip ? new GZipStream(packed, CompressionMode.Decompress) : new Bzip2Stream(packed);
            int got = 0;
            for (int read = 1; got < maxBytes && read > 0; got += read)
            {
                Reserve(Math.Min((long)got + HeadBytes, maxBytes));
                read = unpacked.Read(_file, got, Math.Min(_file.Length, maxBytes) - got);
            }

            return got;
        }
        catch (InvalidDataException)
        {
            return ErrorCode.UnreadableFile.With($"{Path.GetFileName(path)} is packed, and damaged or truncated.", "file", path);
        }
    }

    private void Reserve(long bytes)
    {
        if (_file.Length < bytes)
        {
            Array.Resize(ref _file, (int)Math.Min(Math.Max(bytes, 2L * _file.Length), MaxFileBytes + 1));
        }
    }
}
