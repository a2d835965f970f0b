using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.IO.Pipelines;
using Hutch.Api.Tests.Support;
using Hutch.Api.Zip;

namespace Hutch.Api.Tests.Formats;

/// <summary>Archives that need 64 bits, read by another program.</summary>
public sealed class ZipTests
{
    private const long Large = 5L << 30;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    [InlineData(70_000)]
    public void An_archive_of_any_number_of_members_is_read_by_others(int count)
    {
        ZipEntry[] entries = [.. Enumerable.Range(0, count).Select(i => Member(string.Create(CultureInfo.InvariantCulture, $"folder/{i}"), 0))];

        using ZipArchive archive = Read(entries, _ => []);

        Assert.Equal(count, archive.Entries.Count);
        Assert.Equal(entries.Select(entry => entry.Name), archive.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public void Members_above_four_gigabytes_and_behind_them_are_read_by_others()
    {
        ZipEntry[] entries = [Member("small", 5), Member("large", Large), Member("after", 5), Member("large again", Large), Member("last", 5)];

        using ZipArchive archive = Read(entries, entry => entry.Size == 5 ? "hutch"u8.ToArray() : null);

        Assert.Equal((long[])[5, Large, 5, Large, 5], archive.Entries.Select(entry => entry.Length));
        foreach (string name in (string[])["small", "after", "last"])
        {
            using var reader = new StreamReader(archive.GetEntry(name)!.Open());
            Assert.Equal("hutch", reader.ReadToEnd());
        }
    }

    private static ZipEntry Member(string name, long size) => new(name, size, ZipEntry.File, 1_700_000_000);

    /// <summary>Writes an archive, with zeros where a member has no bytes given, and opens it.</summary>
    private static ZipArchive Read(ZipEntry[] entries, Func<ZipEntry, byte[]?> bytesOf)
    {
        var file = new SparseStream();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var zip = new ZipWriter(pipe.Writer);
        foreach (ZipEntry entry in entries)
        {
            zip.Begin(entry);
            ulong checksum = 0;
            if (bytesOf(entry) is { } bytes)
            {
                pipe.Writer.Write(bytes);
                checksum = Crc32.HashToUInt32(bytes);
            }
            else
            {
                file.Add(Drain(pipe));
                file.AddZeros(entry.Size);
            }

            zip.Finish(entry, (uint)checksum);
        }

        foreach (ZipEntry entry in entries)
        {
            zip.List(entry);
        }

        zip.End();
        file.Add(Drain(pipe));
        return new ZipArchive(file, ZipArchiveMode.Read);
    }

    private static byte[] Drain(Pipe pipe)
    {
        pipe.Writer.FlushAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (!pipe.Reader.TryRead(out ReadResult read))
        {
            return [];
        }

        byte[] bytes = read.Buffer.ToArray();
        pipe.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }
}
