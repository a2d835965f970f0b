using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

public sealed partial class SparseFileTests : IDisposable
{
    private const int SeekData = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-disk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zeros_become_holes_and_are_read_as_zeros(bool inPassing)
    {
        byte[] bytes = new byte[(20 * SparseFile.HoleBytes) + 5];
        bytes[10 * SparseFile.HoleBytes] = 1;
        using SafeFileHandle file = New();

        SparseFile.Write(file, bytes, 0, inPassing);

        Assert.Equal(bytes, Read(file));
        Assert.Equal(10 * SparseFile.HoleBytes, Seek(file, 0, SeekData));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_pieces_the_file_has_the_bytes(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[random.Next(1, 3_000_000)];
        for (int i = 0; i < 6; i++)
        {
            int start = random.Next(bytes.Length);
            random.NextBytes(bytes.AsSpan(start, random.Next(Math.Min(bytes.Length - start, 100_000))));
        }

        using SafeFileHandle file = New();
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - at, random.Next(1, 400_000));
            SparseFile.Write(file, bytes.AsSpan(at, length), at);
            at += length;
            Assert.Equal(at, RandomAccess.GetLength(file));
        }

        Assert.Equal(bytes, Read(file));
    }

    private SafeFileHandle New() => File.OpenHandle(Path.Combine(_folder, "f"), FileMode.CreateNew, FileAccess.ReadWrite);

    private static byte[] Read(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(bytes.Length, RandomAccess.Read(file, bytes, 0));
        return bytes;
    }

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);
}
