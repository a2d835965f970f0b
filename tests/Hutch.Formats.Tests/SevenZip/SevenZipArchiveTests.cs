using System.Diagnostics;
using System.Security.Cryptography;
using Hutch.Formats.SevenZip;
using Hutch.Model;

namespace Hutch.Formats.Tests.SevenZip;

/// <summary>The program 7z makes the archives, as DataLad lets it, and its bytes at the offsets are compared with the files.</summary>
public sealed class SevenZipArchiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-7z-").FullName;

    private string Archive => Path.Combine(_folder, "archive.7z");

    private string Files => Path.Combine(_folder, "files");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_that_are_stored_have_their_bytes_at_their_offsets()
    {
        Add("zj/8v/MD5E-s3--a.dat/MD5E-s3--a.dat", 3);
        Add("kk/ü€/name with blanks 🐦", 70_001);
        Add("empty", 0);
        Make("-mx0");

        Assert.Equal(["empty", "kk/ü€/name with blanks 🐦", "zj/8v/MD5E-s3--a.dat/MD5E-s3--a.dat"], Names());
        AssertRight();
    }

    [Fact]
    public void Files_that_were_added_later_have_their_bytes_at_their_offsets()
    {
        for (int round = 0; round < 4; round++)
        {
            Add($"{round}/first", 1000 + round);
            Add($"{round}/second", round);
            Make("-mx0");
        }

        Assert.Equal(8, Names().Length);
        AssertRight();
    }

    [Theory]
    [InlineData("-mx0", "-mhc=off")]
    [InlineData("-mx0", "-ms=on")]
    [InlineData("-m0=Copy", "-ms=1g")]
    public void Archives_of_other_settings_are_read_too(params string[] settings)
    {
        for (int i = 0; i < 300; i++)
        {
            Add($"a/{i}", i);
        }

        Make(settings);

        Assert.Equal(300, Names().Length);
        AssertRight();
    }

    [Theory]
    [InlineData("-mx5")]
    [InlineData("-mx1", "-m0=LZMA2")]
    [InlineData("-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3")]
    [InlineData("-mx0", "-psecret")]
    public void Files_that_are_packed_have_sizes_and_no_offset(params string[] settings)
    {
        Add("one", 70_000);
        Add("two", 5);

        Make(settings);

        Assert.Equal([("one", 70_000, null), ("two", 5, null)], Members().OrderBy(one => one.Path).Select(one => (one.Path, one.Size, one.Offset)));
    }

    [Fact]
    public void Only_the_stored_files_of_a_mixed_archive_have_offsets()
    {
        Add("stored", 5000);
        Make("-mx0");
        Add("packed", 5000);
        Make("-mx5");

        Assert.Equal(
            [("packed", true), ("stored", false)], Members().OrderBy(one => one.Path).Select(one => (one.Path, one.Offset is null)));
        AssertRight();
    }

    [Fact]
    public void An_archive_with_an_encrypted_list_is_refused()
    {
        Add("one", 10);
        Make("-mx0", "-psecret", "-mhe=on");

        Assert.Contains("encrypted", Assert.Throws<HutchException>(Members).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_archive_is_refused_or_keeps_its_offsets_inside_the_file()
    {
        for (int i = 0; i < 20; i++)
        {
            Add($"{i}/a", 100 + i);
        }

        foreach (string header in (string[])["-mhc=on", "-mhc=off"])
        {
            File.Delete(Archive);
            Make("-mx0", header);
            byte[] whole = File.ReadAllBytes(Archive);
            int read = Enumerable.Range(0, 3000).Count(seed => IsRead(Damage(whole, seed)));
            Assert.InRange(read, 1, 2999);
        }
    }

    /// <summary>Changes bytes of the list and mends the checksums, so that the parser itself sees the damage.</summary>
    private static byte[] Damage(byte[] whole, int seed)
    {
        var random = new Random(seed);
        byte[] damaged = whole.AsSpan().ToArray();
        int list = 32 + (int)BitConverter.ToInt64(whole, 12);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            damaged[random.Next(list, whole.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
        }

        damaged = random.Next(5) == 0 ? damaged[..random.Next(1, damaged.Length)] : damaged;
        if (damaged.Length > list)
        {
            BitConverter.TryWriteBytes(damaged.AsSpan(20), (long)(damaged.Length - list));
            BitConverter.TryWriteBytes(damaged.AsSpan(28), System.IO.Hashing.Crc32.HashToUInt32(damaged.AsSpan(list)));
            BitConverter.TryWriteBytes(damaged.AsSpan(8), System.IO.Hashing.Crc32.HashToUInt32(damaged.AsSpan(12, 20)));
        }

        return damaged;
    }

    private bool IsRead(byte[] damaged)
    {
        File.WriteAllBytes(Archive, damaged);
        try
        {
            foreach (SevenZipMember member in Members())
            {
                Assert.True(member.Offset is null || (member.Offset >= 32 && member.Offset + member.Size <= damaged.Length));
            }

            return true;
        }
        catch (HutchException e)
        {
            Assert.Equal(ErrorCode.UnreadableFile, e.Error.Code);
            return false;
        }
    }

    private void Add(string name, int bytes)
    {
        string path = Path.Combine(Files, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(bytes));
    }

    private void Make(params string[] settings)
    {
        var start = new ProcessStartInfo("7z", ["u", "-t7z", .. settings, "-bd", Archive, "."])
        {
            WorkingDirectory = Files,
            RedirectStandardOutput = true,
        };
        using Process made = Process.Start(start)!;
        string said = made.StandardOutput.ReadToEnd();
        made.WaitForExit();
        Assert.True(made.ExitCode == 0, said);
    }

    private List<SevenZipMember> Members()
    {
        using var file = File.OpenHandle(Archive);
        return [.. SevenZipArchive.Read(file).Members()];
    }

    private string[] Names() => [.. Members().Select(static one => one.Path).Order(StringComparer.Ordinal)];

    private void AssertRight()
    {
        byte[] archive = File.ReadAllBytes(Archive);
        foreach (SevenZipMember member in Members().Where(static member => member.Offset is not null))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Files, member.Path)), archive.AsSpan((int)member.Offset!, (int)member.Size).ToArray());
        }
    }
}
