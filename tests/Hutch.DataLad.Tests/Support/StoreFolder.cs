using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Hutch.DataLad.Objects;
using Hutch.Model;
using Hutch.Model.Annex;

namespace Hutch.DataLad.Tests.Support;

/// <summary>A RIA store in a temporary folder, made of bytes as DataLad lays it out.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
internal sealed class StoreFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hutch-store-").FullName;

    public StoreFolder() => File.WriteAllText(Path.Combine(_root, "ria-layout-version"), "1\n");

    public string Root => _root;

    public string PathOf(DatasetId id) => Path.Combine(_root, RiaLayout.PathOf(id));

    /// <summary>Makes an empty dataset.</summary>
    public string Add(DatasetId id, string? alias = null, string layout = "2")
    {
        string folder = PathOf(id);
        Directory.CreateDirectory(Path.Combine(folder, "objects/pack"));
        Directory.CreateDirectory(Path.Combine(folder, "refs/heads"));
        Directory.CreateDirectory(Path.Combine(folder, "annex/objects"));
        File.WriteAllText(Path.Combine(folder, "HEAD"), "ref: refs/heads/main\n");
        File.WriteAllText(Path.Combine(folder, "ria-layout-version"), layout + "\n");
        if (alias is not null)
        {
            Directory.CreateDirectory(Path.Combine(_root, "alias"));
            File.CreateSymbolicLink(Path.Combine(_root, "alias", alias), "../" + RiaLayout.PathOf(id));
        }

        return folder;
    }

    public void SetPack(DatasetId id, PackBuilder pack) =>
        File.WriteAllBytes(Path.Combine(PathOf(id), $"objects/pack/pack-{Guid.NewGuid():N}.pack"), pack.Build());

    public void SetRef(DatasetId id, string name, ObjectId to)
    {
        string path = Path.Combine(PathOf(id), name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, to + "\n");
    }

    /// <summary>Stores an object in a file of its own.</summary>
    public ObjectId AddLoose(DatasetId id, ObjectKind kind, byte[] content)
    {
        var name = ObjectId.Compute(kind, content);
        string path = Path.Combine(PathOf(id), $"objects/{name.ToString()[..2]}/{name.ToString()[2..]}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var zlib = new ZLibStream(File.Create(path), CompressionLevel.Optimal);
        zlib.Write(Encoding.ASCII.GetBytes($"{kind.ToString().ToLowerInvariant()} {content.Length}\0"));
        zlib.Write(content);
        return name;
    }

    public static string Md5Key(byte[] content, string extension = ".dat") =>
        $"MD5E-s{content.Length}--{Convert.ToHexStringLower(MD5.HashData(content))}{extension}";

    public static string Sha256Key(byte[] content) => $"SHA256-s{content.Length}--{Convert.ToHexStringLower(SHA256.HashData(content))}";

    /// <summary>Stores a file under the name of a key, and returns its path.</summary>
    public string AddKey(DatasetId id, string key, byte[] content, string? directory = null)
    {
        string folder = Path.Combine(PathOf(id), "annex/objects", directory ?? HashDirectory.MixedOf(key), key);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, key), content);
        return Path.Combine(folder, key);
    }

    /// <summary>Moves all files of keys into the archive of a dataset, as DataLad does.</summary>
    public void Archive(DatasetId id, string level = "-mx0")
    {
        string keys = Path.Combine(PathOf(id), RiaLayout.KeyFolder);
        string archive = Path.Combine(PathOf(id), RiaLayout.ArchiveFile);
        Directory.CreateDirectory(Path.GetDirectoryName(archive)!);
        var start = new ProcessStartInfo("7z", ["u", level, "-bso0", archive, "."]) { WorkingDirectory = keys };
        using Process made = Process.Start(start)!;
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
        Directory.Delete(keys, recursive: true);
        Directory.CreateDirectory(keys);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
