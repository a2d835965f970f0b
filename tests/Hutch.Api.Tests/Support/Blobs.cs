using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Hutch.Api.Tests.Support;

/// <summary>Bytes, their names, and streams of them.</summary>
internal static class Blobs
{
    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));

    public static byte[] Random(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A tar stream as an independent program writes it.</summary>
    public static ByteArrayContent Tar(TarEntryFormat format, params (string Name, byte[] Bytes)[] members)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in members)
            {
                TarEntry entry = format == TarEntryFormat.Pax
                    ? new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) }
                    : new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) };
                writer.WriteEntry(entry);
            }
        }

        return new ByteArrayContent(stream.ToArray());
    }

    public static ByteArrayContent Tar(params byte[][] blobs) => Tar(TarEntryFormat.Ustar, [.. blobs.Select(blob => ("blobs/" + Hash(blob), blob))]);

    /// <summary>The members of a tar stream.</summary>
    public static List<(string Name, TarEntryType Type, string? Link, byte[] Bytes)> ReadTar(byte[] tar)
    {
        var members = new List<(string, TarEntryType, string?, byte[])>();
        using var reader = new TarReader(new MemoryStream(tar));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            var bytes = new MemoryStream();
            entry.DataStream?.CopyTo(bytes);
            members.Add((entry.Name, entry.EntryType, string.IsNullOrEmpty(entry.LinkName) ? null : entry.LinkName, bytes.ToArray()));
        }

        return members;
    }
}
