using System.Text.RegularExpressions;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Bags;

namespace Hutch.Client.Bags;

/// <summary>
/// Checks that a folder is a complete and valid BagIt bag (RFC 8493, section 3): each file is read once, for all manifests. Links are never
/// followed, and neither are the addresses of <c>fetch.txt</c>.
/// </summary>
public sealed partial class BagCheck : IDisposable
{
    /// <summary>Lines of all manifests of a bag: they are in memory, with some 300 bytes each.</summary>
    private const int MaxLines = 4_000_000;

    private const int MaxManifestBytes = 512 << 20;
    private const int MaxTagBytes = 1 << 20;
    private const int MaxDepth = 256;
    private const int BufferBytes = 256 << 10;

    private readonly FolderHandle _root;
    private readonly FolderChain _chain;
    private readonly ITransferProgress _progress;
    private readonly List<BagManifest> _manifests = [];
    private readonly Dictionary<string, string?[]> _expected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fetched = new(StringComparer.Ordinal);
    private readonly BagReport _report = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Encoding _encoding = Encoding.UTF8;
    private bool _namesAllFiles = true;
    private int _lines;

    private BagCheck(string folder, ITransferProgress progress)
    {
        _root = FolderHandle.Open(folder);
        _chain = new FolderChain(_root);
        _progress = progress;
    }

    /// <summary>Checks a bag. Throws for a folder that is none.</summary>
    public static BagReport Run(string folder, ITransferProgress progress, CancellationToken ct)
    {
        using var check = new BagCheck(folder, progress);
        return check.Run(ct);
    }

    public void Dispose()
    {
        _chain.Dispose();
        _root.Dispose();
    }

    private BagReport Run(CancellationToken ct)
    {
        ReadDeclaration();
        foreach (string name in NamesIn(_root).Where(BagManifest.IsOne).Order(StringComparer.Ordinal))
        {
            if (BagManifest.Find(name) is { } manifest)
            {
                _manifests.Add(manifest);
            }
            else
            {
                _report.Notes.Add($"{name} was not checked: its algorithm is unknown.");
            }
        }

        if (_manifests.TrueForAll(static one => one.IsOfTags))
        {
            throw Refuse("has no manifest with MD5, SHA-1, SHA-256, SHA-384 or SHA-512");
        }

        using FolderHandle payload = _root.TryOpenFolder(BagFormat.Payload.TrimEnd('/')) ?? throw Refuse("has no folder 'data'");
        _manifests.ForEach(ReadManifest);
        ReadFetch();
        _progress.Start("Checking", _expected.Count, null);
        Walk(payload, BagFormat.Payload, 0, ct);
        CheckTagFiles(ct);
        foreach (string path in _expected.Keys.Where(path => !_seen.Contains(path)).Order(StringComparer.Ordinal))
        {
            _report.Add(_fetched.Contains(path)
                ? $"{Display.Quote(path)} is not here, but at an address in fetch.txt. Addresses are not followed: fetch it first."
                : $"{Display.Quote(path)} is in a manifest and not in the bag.");
        }

        CheckSum();
        return _report;
    }

    /// <summary>Reads <c>bagit.txt</c>: exactly two lines (section 2.1.1).</summary>
    private void ReadDeclaration()
    {
        byte[] bytes = ReadSmall(BagFormat.Declaration) ?? throw Refuse($"has no {BagFormat.Declaration}");
        Match match = Declaration().Match(Encoding.Latin1.GetString(bytes));
        if (!match.Success)
        {
            throw Refuse($"has a {BagFormat.Declaration} that is not that of BagIt: its version, and its character encoding");
        }

        string version = match.Groups["version"].Value;
        _namesAllFiles = version == "1.0";
        if (!_namesAllFiles && !version.StartsWith("0.", StringComparison.Ordinal))
        {
            throw Refuse($"has version {version} of BagIt; Hutch reads 0.93 to 1.0");
        }

        _encoding = match.Groups["encoding"].Value.ToUpperInvariant() switch
        {
            "UTF-8" or "US-ASCII" => Encoding.UTF8,
            "ISO-8859-1" => Encoding.Latin1,
            string other => throw Refuse($"has names in {Display.Quote(other)}; Hutch reads UTF-8, US-ASCII and ISO-8859-1"),
        };
    }

    private void ReadManifest(BagManifest manifest)
    {
        int index = _manifests.IndexOf(manifest);
        foreach (string line in Lines(manifest.Name))
        {
            if (++_lines > MaxLines)
            {
                throw ErrorCode.TooLarge.With($"The manifests of the bag have more than {MaxLines} lines.").ToException();
            }

            if (manifest.Split(line) is not { } parts)
            {
                _report.Add($"A line of {manifest.Name} is not a digest and a path: {Display.Quote(line)}.");
            }
            else if (Accept(parts.Path, manifest) is { } path)
            {
                Expect(path, index, parts.Digest);
            }
        }
    }

    private void Expect(string path, int manifest, string digest)
    {
        if (!_expected.TryGetValue(path, out string?[]? digests))
        {
            _expected.Add(path, digests = new string?[_manifests.Count]);
        }

        if (digests[manifest] is not null)
        {
            _report.Add($"{Display.Quote(path)} is twice in {_manifests[manifest].Name}.");
        }

        digests[manifest] = digest;
    }

    /// <summary>The path of a line in NFC; null, with a problem, for one that a dataset cannot have or that leaves the bag.</summary>
    private string? Accept(string path, BagManifest manifest)
    {
        bool isPayload = path.StartsWith(BagFormat.Payload, StringComparison.Ordinal);
        if (isPayload == manifest.IsOfTags)
        {
            _report.Add($"{Display.Quote(path)} cannot be in {manifest.Name}: the payload is in 'data/', tag files are outside.");
            return null;
        }

        if (!DatasetPath.Parse(isPayload ? path[BagFormat.Payload.Length..] : path).TryGet(out DatasetPath parsed, out HutchError? refusal))
        {
            _report.Add($"{manifest.Name}: {refusal.Message}");
            return null;
        }

        return (isPayload ? BagFormat.Payload : "") + parsed.Value;
    }

    /// <summary>Reads the paths of <c>fetch.txt</c>: lines with an address, a length and a path (section 2.2.3).</summary>
    private void ReadFetch()
    {
        foreach (string line in Lines(BagFormat.Fetch))
        {
            string[] parts = line.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 3 && ++_lines <= MaxLines)
            {
                _fetched.Add(BagFormat.DecodePath(parts[2]));
            }
        }

        if (_fetched.Count > 0)
        {
            _report.Notes.Add($"The addresses in {BagFormat.Fetch} were not followed.");
        }
    }

    private void Walk(FolderHandle folder, string prefix, int depth, CancellationToken ct)
    {
        if (depth > MaxDepth)
        {
            _report.Add($"{Display.Quote(prefix)} is more than {MaxDepth} folders deep.");
            return;
        }

        foreach (string name in NamesIn(folder))
        {
            ct.ThrowIfCancellationRequested();
            string path = prefix + name;
            switch (folder.Status(name)?.Type)
            {
                case FileType.Folder when depth == 0 && name.Equals(Workspace.ControlFolder, StringComparison.OrdinalIgnoreCase):
                    _report.Add($"{Display.Quote(path)} is of a working directory, or of an interrupted import: remove it.");
                    break;
                case FileType.File:
                    CheckPayload(folder, name, path, ct);
                    break;
                case FileType.Folder when folder.TryOpenFolder(name) is { } inner:
                    using (inner)
                    {
                        Walk(inner, path + "/", depth + 1, ct);
                    }

                    break;
                default:
                    _report.Add($"{Display.Quote(path)} is a link, or no file: a payload has files only.");
                    break;
            }
        }
    }

    private void CheckPayload(FolderHandle folder, string name, string path, CancellationToken ct)
    {
        // Some programs write a percent sign as it is: then the name in the manifest is the name on the disk.
        string found = Nfc.Normalize(path);
        string listed = _expected.ContainsKey(found) ? found : Nfc.Normalize(BagFormat.DecodePath(found));
        if (!_expected.TryGetValue(listed, out string?[]? digests) || !_seen.Add(listed))
        {
            _report.Add($"{Display.Quote(path)} is in the bag and in no manifest.");
            return;
        }

        for (int i = 0; i < _manifests.Count && _namesAllFiles; i++)
        {
            if (!_manifests[i].IsOfTags && digests[i] is null)
            {
                _report.Add($"{Display.Quote(path)} is not in {_manifests[i].Name}.");
            }
        }

        if (Check(folder, name, path, digests, ct) is { } read)
        {
            _report.Payload[found[BagFormat.Payload.Length..]] = read.Hash;
            _report.Bytes += read.Size;
        }
    }

    private void CheckTagFiles(CancellationToken ct)
    {
        foreach ((string path, string?[] digests) in _expected)
        {
            (string folder, string name) = FolderChain.Split(path);
            if (!path.StartsWith(BagFormat.Payload, StringComparison.Ordinal)
                && _chain.Find(folder) is { } parent && parent.Status(name)?.Type == FileType.File)
            {
                _seen.Add(path);
                Check(parent, name, path, digests, ct);
            }
        }
    }

    /// <summary>Reads a file once, and compares all its digests. Null for a file that cannot be read.</summary>
    private (BlobHash Hash, long Size)? Check(FolderHandle folder, string name, string path, string?[] digests, CancellationToken ct)
    {
        using SafeFileHandle? file = folder.TryOpenFile(name);
        if (file is null)
        {
            _report.Add($"{Display.Quote(path)} cannot be read.");
            return null;
        }

        IncrementalHash?[] hashes =
            [.. digests.Select((digest, i) => digest is null ? null : IncrementalHash.CreateHash(_manifests[i].Algorithm))];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        for (int read; (read = RandomAccess.Read(file, _buffer, size)) > 0; size += read)
        {
            ct.ThrowIfCancellationRequested();
            sha.AppendData(_buffer, 0, read);
            Array.ForEach(hashes, hash => hash?.AppendData(_buffer, 0, read));
            _progress.Add(0, read);
        }

        for (int i = 0; i < hashes.Length; i++)
        {
            using IncrementalHash? hash = hashes[i];
            if (hash is not null && !Convert.ToHexString(hash.GetHashAndReset()).Equals(digests[i], StringComparison.OrdinalIgnoreCase))
            {
                _report.Add($"{Display.Quote(path)} has other bytes than {_manifests[i].Name} says.");
            }
        }

        _progress.Add(1, 0);
        return (new BlobHash(sha.GetHashAndReset()), size);
    }

    /// <summary>Compares the payload with <c>Payload-Oxum</c>, if the bag has it: bytes, a dot, number of files (section 2.2.2).</summary>
    private void CheckSum()
    {
        string sum = string.Create(CultureInfo.InvariantCulture, $"{_report.Bytes}.{_report.Payload.Count}");
        foreach (string line in ReadSmall(BagFormat.Info) is { } info ? _encoding.GetString(info).Split('\n', '\r') : [])
        {
            string[] field = line.Split(':', 2, StringSplitOptions.TrimEntries);
            if (field.Length == 2 && field[0].Equals("Payload-Oxum", StringComparison.OrdinalIgnoreCase) && field[1] != sum)
            {
                _report.Add($"{BagFormat.Info} says Payload-Oxum {Display.Quote(field[1])}, but the payload has {sum}.");
            }
        }
    }

    private byte[]? ReadSmall(string name)
    {
        using SafeFileHandle? file = _root.TryOpenFile(name);
        if (file is null)
        {
            return null;
        }

        byte[] bytes = new byte[(int)Math.Min(FolderHandle.Status(file).Size, MaxTagBytes)];
        return bytes[..FolderHandle.Read(file, 0, bytes)];
    }

    private IEnumerable<string> Lines(string name)
    {
        if (_root.TryOpenFile(name) is not { } file)
        {
            yield break;
        }

        using var stream = new FileStream(file, FileAccess.Read);
        if (stream.Length > MaxManifestBytes)
        {
            throw ErrorCode.TooLarge.With($"{name} has more than {MaxManifestBytes >> 20} MiB.").ToException();
        }

        using var reader = new StreamReader(stream, _encoding);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    private List<string> NamesIn(FolderHandle folder)
    {
        var names = new List<string>();
        folder.List((raw, _) =>
        {
            FolderEntry entry = FolderHandle.Decode(raw);
            if (entry.IsUtf8)
            {
                names.Add(entry.Name);
            }
            else
            {
                _report.Add($"The name {Display.Quote(entry.Name)} is not UTF-8.");
            }

            return true;
        });
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private HutchException Refuse(string why) => (ErrorCode.Unprocessable with { Advice = "Name the folder that has bagit.txt in it." })
        .With($"{Display.Quote(_root.Path)} {why}: it is no bag that can be checked.").ToException();

    [GeneratedRegex(
        @"\ABagIt-Version: (?<version>\d+\.\d+)[ \t]*(\r\n|\r|\n)Tag-File-Character-Encoding: (?<encoding>[\w-]+)[ \t]*(\r\n|\r|\n)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration();
}
