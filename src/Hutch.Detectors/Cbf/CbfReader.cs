using Microsoft.Win32.SafeHandles;

namespace Hutch.Detectors.Cbf;

/// <summary>Reads one CBF file after the other into the same memory.</summary>
internal sealed class CbfReader
{
    private const int MaxFileBytes = 256 << 20;

    private byte[] _file = [];

    /// <summary>The compressed image of the file that was read last.</summary>
    public ReadOnlyMemory<byte> Bytes(CbfImage image) => _file.AsMemory(image.Data);

    public async Task<Result<CbfImage>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string name = Path.GetFileName(path);
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        long length = RandomAccess.GetLength(file);
        if (length > MaxFileBytes)
        {
            return ErrorCode.UnreadableFile.With($"{name} has {length} bytes; the limit for a CBF file is {MaxFileBytes}.", "file", path);
        }

        if (_file.Length < length)
        {
            _file = GC.AllocateUninitializedArray<byte>((int)length);
        }

        int got = 0;
        for (int read = 1; got < length && read > 0; got += read)
        {
            read = await RandomAccess.ReadAsync(file, _file.AsMemory(got, (int)length - got), got, cancellationToken);
        }

        return CbfImage.Parse(_file.AsSpan(0, got), name);
    }
}
